"""Set-up for people: demo, test runner, private servers. Nothing here is needed to run the agent."""
