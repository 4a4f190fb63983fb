"""The rules of lint and their words."""
