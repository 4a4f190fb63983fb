"""Codes of what organisations cover. Pages translate them; decision tables and forms use them."""

from __future__ import annotations

from collections.abc import Mapping

SECTORS = ("agriculture", "commerce", "crafts", "livestock", "services", "transport", "catering")
LEVELS = ("social", "employment", "business")
LANGUAGES = ("fr", "en", "ar")

REGIONS: Mapping[str, tuple[str, ...]] = {
    "CM": (
        "adamaoua",
        "centre",
        "est",
        "extreme-nord",
        "littoral",
        "nord",
        "nord-ouest",
        "ouest",
        "sud",
        "sud-ouest",
    ),
    "TG": ("maritime", "plateaux", "centrale", "kara", "savanes"),
    "TN": (
        "ariana",
        "beja",
        "ben-arous",
        "bizerte",
        "gabes",
        "gafsa",
        "jendouba",
        "kairouan",
        "kasserine",
        "kebili",
        "kef",
        "mahdia",
        "manouba",
        "medenine",
        "monastir",
        "nabeul",
        "sfax",
        "sidi-bouzid",
        "siliana",
        "sousse",
        "tataouine",
        "tozeur",
        "tunis",
        "zaghouan",
    ),
}
"""Regions (Tunisia: governorates) by country."""
