"""The engine: read the truth, bring it into canonical form, compare, write the difference, remember."""
