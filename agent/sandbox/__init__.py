"""Stand-ins for the systems around the agent, with clock, latency and faults under control."""
