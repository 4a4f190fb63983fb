"""What happened in a case: read, explained, verified."""

from engine.history.verify import parse_body, verify_events

__all__ = ["parse_body", "verify_events"]
