"""A person's file: its rows, who may see it, what it says."""
