"""What may go wrong with a notice beyond a server that is away."""

from __future__ import annotations

from engine.errors import HandlerFailed


class AddressRefused(HandlerFailed):
    """The carrier will never deliver to this address or number: it does not exist, or is closed.

    Trying again is of no use; the notice is recorded as bounced and the address marked bad.
    """
