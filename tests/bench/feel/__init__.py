"""How fast FEEL and decision tables are, as ratios to the same thing written in Python."""
