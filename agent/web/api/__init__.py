"""The interfaces for operators and administrators: settings, events, passes, records. Each operation is typed."""
