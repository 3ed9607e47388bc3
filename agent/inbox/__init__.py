"""The inbox: what the outside said, kept in integration_events_log until it is done or a person must look."""
