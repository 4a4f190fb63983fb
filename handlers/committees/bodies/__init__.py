"""Rows of committees' bodies and their members."""
