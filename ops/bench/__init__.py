"""Measurements: the initial sync of a college's students, with the machine's own limit in the same run."""
