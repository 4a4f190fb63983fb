"""Rows of committees' decisions and signed minutes."""
