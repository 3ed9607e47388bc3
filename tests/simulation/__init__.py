"""Years of work in seconds: the real agents between both sandboxes, on one seeded clock, while the world misbehaves.

`python -m tests.simulation --seeds 1:100` plays seeds 1 to 99, each another story, and ends with code 1 at the first
that does not end well, with the command that plays it again. Only PostgreSQL is a process of its own; time, chance and
every wire are the simulation's, so a seed always tells the same story.
"""
