"""Put fourteen invented cases before the demo's finance committee (run before it is served)."""

from __future__ import annotations

from engine.composition import open_engine
from engine.settings import read_settings
from handlers.composition import compose_documents
from web.demo import make_case
from web.demo_cases import BEFORE_COMMITTEE, DemoCase

FILES = 14


def main() -> None:
    """Make the cases; one of them was confirmed by the officer who sits in the committee."""
    engine = open_engine(read_settings())
    documents = compose_documents(engine.settings, engine.store, engine.clock)
    for number in range(FILES):
        case = DemoCase(
            BEFORE_COMMITTEE,
            "business",
            "Factice",
            f"Numéro {number + 1}",
            officer="ofii" if number else "agentofii",
        )
        make_case(engine, documents, case)


if __name__ == "__main__":
    main()
