"""What Zoho needs to tell the agent of changes and to take what it writes: planned, made, checked, taken away."""
