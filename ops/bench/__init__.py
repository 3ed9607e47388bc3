"""Measurements: initial and second sync of a college, with the machine's own limit in the same run."""
