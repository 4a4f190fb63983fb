"""Rows of the files before committees, and of what members say of them."""
