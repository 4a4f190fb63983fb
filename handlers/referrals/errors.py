"""What can be wrong with a referral."""

from __future__ import annotations

from engine.errors import BusinessError, Conflict


class ReferralRefused(BusinessError):
    """A referral cannot be sent; a diagram catches it by its code.

    Codes: ``consent-missing``, ``field-not-shareable``, ``no-place``.
    """


class NoPlaceLeft(Conflict):
    """A referral cannot be accepted: the structure's last place for this need was taken.

    :ivar referral_id: which.
    """

    def __init__(self, referral_id: str, organisation: str, need: str) -> None:
        self.referral_id = referral_id
        super().__init__(
            f"{organisation} has no place left for '{need}', so referral {referral_id} was not "
            "accepted. Report on another one, enlarge the place in the directory, or decline."
        )


class ReferralMoved(Conflict):
    """A referral is no longer where this act needs it: somebody was there before.

    :ivar referral_id: which. :ivar status: where it stands now.
    """

    def __init__(self, referral_id: str, status: str) -> None:
        self.referral_id = referral_id
        self.status = status
        super().__init__(
            f"Referral {referral_id} is {status} now; nothing was changed. Look at it again."
        )
