"""Pages of referrals: received and sent, what is shared, answer and feedback, the directory."""

from web.referrals import acts, by_hand, lists
from web.referrals.blueprint import blueprint

__all__ = ["acts", "blueprint", "by_hand", "lists"]
