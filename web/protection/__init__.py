"""Data protection: emergency accesses, erasures, the log of reads, people's own copies."""

from web.protection import access, views
from web.protection.blueprint import blueprint

__all__ = ["access", "blueprint", "views"]
