"""What a file really is: by its first bytes and its inner structure, never by its name alone."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import PurePath

import filetype

from engine.errors import InvalidAnswer

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ODT = "application/vnd.oasis.opendocument.text"
_ODS = "application/vnd.oasis.opendocument.spreadsheet"

SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    _WORD: (".docx",),
    _SHEET: (".xlsx",),
    _ODT: (".odt",),
    _ODS: (".ods",),
    "text/csv": (".csv",),
    "text/plain": (".txt",),
}
"""Media types that a person may hand in, each with the endings that a name of it may have."""

_ACCEPTED = "PDF, PNG, JPEG, DOCX, XLSX, ODT, ODS, CSV, TXT"
_TITLE_LENGTH = 200
_UNREADABLE_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
)


class DocumentRefused(InvalidAnswer):
    """A file cannot be taken; nothing was stored.

    :ivar code: ``empty``, ``too-large``, ``type``, ``name``, ``name-mismatch``, ``infected`` or
        ``scanner-away``.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__({"file": message})
        self.code = code


def check_title(filename: str) -> str:
    """Return the name that a person gave the file, without any folder before it.

    :raises DocumentRefused: ``name``: it is empty, too long, or has control characters.
    """
    title = PurePath(filename.replace("\\", "/")).name.strip()
    if not title or len(title) > _TITLE_LENGTH or not title.isprintable():
        raise DocumentRefused(
            "name",
            f"The file's name must have 1 to {_TITLE_LENGTH} printable characters. Rename it "
            "and hand it in again.",
        )
    return title


def media_type(content: bytes, title: str) -> str:
    """Return the media type of a file, judged by its content.

    :raises DocumentRefused: ``type``: not among those accepted; ``name-mismatch``: the name
        ends as another type's.
    """
    suffix = PurePath(title).suffix.lower()
    found = _sniff(content, suffix)
    if found is None:
        raise DocumentRefused(
            "type", f"'{title}' is none of {_ACCEPTED}. Save it as a PDF and hand it in again."
        )
    if suffix not in SUFFIXES[found]:
        raise DocumentRefused(
            "name-mismatch",
            f"'{title}' holds {found}, and its name does not end in "
            f"{' or '.join(SUFFIXES[found])}. Rename it, or hand in the right file.",
        )
    return found


def _sniff(content: bytes, suffix: str) -> str | None:
    guess = filetype.guess(content)
    if guess is None:
        return _text(content, suffix)
    if content.startswith(b"PK"):
        # Office files are ZIP archives; what they are stands inside, not in the first bytes.
        return _office(content)
    return guess.mime if guess.mime in SUFFIXES else None


def _office(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            if "mimetype" in names:
                with archive.open("mimetype") as entry:
                    declared = entry.read(100).decode("ascii", "replace").strip()
                return declared if declared in {_ODT, _ODS} else None
    except _UNREADABLE_ARCHIVE:
        return None
    if "[Content_Types].xml" not in names or any(name.endswith("vbaProject.bin") for name in names):
        return None
    if "word/document.xml" in names:
        return _WORD
    return _SHEET if "xl/workbook.xml" in names else None


def _text(content: bytes, suffix: str) -> str | None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    if any(ord(character) < 32 and character not in "\t\r\n\f" for character in text):
        return None
    return {".csv": "text/csv", ".txt": "text/plain"}.get(suffix)
