"""Passerelle in the browser: Flask, thin."""
