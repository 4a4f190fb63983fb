"""Rows of committees' sessions and of who was in the room."""
