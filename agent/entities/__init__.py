"""One module per entity, all of one shape: which fields, how Moodle is written, what goes back to Zoho."""
