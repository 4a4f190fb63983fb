"""Duplicates: who could be one person twice, and what people decided about it."""
