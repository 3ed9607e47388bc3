"""`make mutants`: break the core on purpose, one small change at a time, and count what the tests notice."""
