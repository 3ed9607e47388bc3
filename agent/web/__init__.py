"""What the outside calls: events from Zoho and Moodle, and whether the agent is alive and ready."""
