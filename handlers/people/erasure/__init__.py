"""The end of a file: asked by one, approved by another, written down outside the database."""
