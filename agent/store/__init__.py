"""The agent's memory: PostgreSQL tables and the few statements that several rooms share."""
