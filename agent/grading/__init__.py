"""BTEC letters, attempts and statuses: pure functions of a grade snapshot. Imports nothing of ours."""
