"""The built style sheets and script: their hashed names, and serving them."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Flask
from whitenoise import WhiteNoise

from engine.errors import ConfigurationError

DIST = Path(__file__).parent / "assets" / "dist"
_PREFIX = "/assets/"


def install(app: Flask, dist: Path = DIST) -> None:
    """Serve the built files for ever under their hashed names; give pages ``bundle(name)``.

    :raises ConfigurationError: they were not built.
    """
    manifest_file = dist / "manifest.json"
    try:
        manifest: dict[str, str] = json.loads(manifest_file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"{manifest_file} is missing: the pages have no style sheet. Run 'make setup', or "
            "'npm ci && npm run build' in web/assets."
        ) from error
    hashed = frozenset(f"{_PREFIX}{name}" for name in manifest.values())
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(dist),
        prefix=_PREFIX,
        immutable_file_test=lambda path, url: url in hashed,
    )
    app.add_template_global(lambda name: _PREFIX + manifest[name], "bundle")
