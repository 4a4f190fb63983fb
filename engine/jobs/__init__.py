"""Due work: when it runs again, and who runs it."""
