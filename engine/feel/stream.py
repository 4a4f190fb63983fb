"""The parser's place in the tokens: looking ahead, names of several words, errors with position."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from engine.errors import FeelError
from engine.feel.limits import MAX_NESTING
from engine.feel.messages import NOTHING, Message, feel_error
from engine.feel.scanner import Kind, Token, scan
from engine.feel.types import FeelType

_CALLED_NAMES = (
    ("date", "and", "time"),
    ("years", "and", "months", "duration"),
    ("get", "or", "else"),
)
"""Built-ins whose names hold a keyword; they are names only where they are called."""


Words = tuple[Token, ...]
"""A name of several words, as tokens."""


class TokenStream:
    """Tokens and the names that are known where the parser stands.

    Words that follow one another are one name; a name with symbols or keywords in it
    (``on-site visits``, ``rent and food``) must be known to be read as one, and the longest
    known name wins (DMN 1.5, 10.3.1.3).
    """

    def __init__(
        self, source: str, names: Iterable[str], types: Mapping[str, FeelType] | None = None
    ) -> None:
        self.source = source
        self.tokens = scan(source)
        self.index = 0
        self.depth = 0
        self.types = types or {}
        self.known: dict[str, list[Words]] = {}
        self.members: dict[str, list[Words]] = {}
        for name in names:
            self.learn(name)

    # --- looking and moving

    @property
    def token(self) -> Token:
        """The token to be read next."""
        return self.tokens[self.index]

    def peek(self, offset: int) -> Token:
        """Return the token so many places ahead; the last one beyond the end."""
        return self.tokens[min(self.index + offset, len(self.tokens) - 1)]

    def advance(self) -> Token:
        """Return the next token and pass it."""
        token = self.tokens[self.index]
        if token.kind is not Kind.END:
            self.index += 1
        return token

    def at(self, text: str) -> bool:
        """Return whether the next token is this symbol or keyword."""
        token = self.tokens[self.index]
        return token.text == text and token.kind in (Kind.SYMBOL, Kind.KEYWORD)

    def take(self, text: str) -> bool:
        """Pass this symbol or keyword if it is next; return whether it was."""
        if not self.at(text):
            return False
        self.index += 1
        return True

    def expect(self, text: str) -> Token:
        """Pass this symbol or keyword.

        :raises FeelError: something else is next.
        """
        if not self.at(text):
            raise self.error("expected", text=text)
        return self.advance()

    def take_word(self, text: str) -> bool:
        """Pass this word, which is a keyword only here, if it is next; return whether it was."""
        if self.token.kind is not Kind.NAME or self.token.text != text:
            return False
        self.index += 1
        return True

    def finish(self) -> None:
        """Accept the end of the source.

        :raises FeelError: something is left.
        """
        if self.token.kind is Kind.END:
            return
        raise self.error("expected-operator")

    def enter(self) -> None:
        """Go one level deeper.

        :raises FeelError: the expression nests deeper than is read.
        """
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise self.error("too-many-levels", limit=MAX_NESTING)

    def leave(self) -> None:
        """Come back from a level."""
        self.depth -= 1

    def error(
        self, code: str, token: Token | None = None, /, hint: Message | None = None, **figures: Any
    ) -> FeelError:
        """Return the error of the place the parser is at, or of the token given.

        :param code: of the message that says what is wrong there; ``figures`` are its.
        :param hint: what to do about it, a sentence of its own.
        """
        token = token or self.token
        error = feel_error(
            "place",
            source=self.source,
            position=token.start,
            place=token.start + 1,
            found=self._found(token),
            problem=Message(code, figures),
            hint=hint or self._hint(token),
        )
        error.code = code
        return error

    def _found(self, token: Token) -> Message:
        written = self.source[token.start : token.end]
        if token.kind is Kind.STRING:
            return Message("found.text", {"text": written[:40]})
        return Message("found.word", {"text": written}) if token.text else Message("found.end")

    def _hint(self, token: Token) -> Message:
        before = self.tokens[self.index - 1] if self.index else token
        if token.text == "=" and before.text in {"=", "<", ">"} and before.end == token.start:
            return Message("hint.equals")
        if token.text == "'":
            return Message("hint.quotes")
        return NOTHING

    # --- names

    def learn(self, name: str) -> Words:
        """Make known a name that is more than one token; return its tokens, as :meth:`forget`
        takes them."""
        try:
            words = tuple(scan(name)[:-1])
        except FeelError:
            return ()  # a name FEEL cannot write is reached through get value(…) only
        if len(words) > 1:
            self.known.setdefault(words[0].text, []).append(words)
            self.members.setdefault(words[0].text, []).append(words)
        return words

    def forget(self, names: Iterable[Words]) -> None:
        """Undo :meth:`learn` for these names, at the end of the block that declares them."""
        for words in names:
            if len(words) > 1:
                self.known[words[0].text].remove(words)

    def name(self) -> str:
        """Return the longest name that begins here, and pass it.

        :raises FeelError: no name begins here.
        """
        return self._passed(max(self._known_length(), self._plain_length()))

    def member(self) -> str:
        """Return the longest name of an entry that begins here, and pass it.

        Keys of this source stay known behind a point where their context is closed.

        :raises FeelError: no name begins here.
        """
        plain = max(self._known_length(), self._plain_length())
        return self._passed(max(plain, self._longest(self.members)))

    def _passed(self, length: int) -> str:
        if length == 0:
            raise self.error("expected-name")
        words = self.tokens[self.index : self.index + length]
        self.index += length
        return self.written(words)

    def at_name(self) -> bool:
        """Return whether a name begins here."""
        return self.token.kind is Kind.NAME or self._known_length() > 0

    def _plain_length(self) -> int:
        if self.token.kind is not Kind.NAME:
            return 0
        length = 1
        while self._is_word(self.peek(length)):
            length += 1
        return length

    @staticmethod
    def _is_word(token: Token) -> bool:
        return token.kind is Kind.NAME or (token.kind is Kind.NUMBER and token.text.isdecimal())

    def _known_length(self) -> int:
        best = self._longest(self.known)
        for called in _CALLED_NAMES:
            if called[0] == self.token.text and self._is_here(called):
                following = self.peek(len(called))
                best = max(best, len(called) if following.text == "(" else 0)
        return best

    def _longest(self, names: Mapping[str, Sequence[Words]]) -> int:
        """Return the length of the longest of these names that is written here, 0 if none is."""
        here = names.get(self.token.text, ())
        return max((len(words) for words in here if self._is_written(words)), default=0)

    def _is_written(self, known: Words) -> bool:
        """Whether the known name is here, its symbols set as it sets them.

        With ``on-site`` known, ``on-site`` is that name and ``on - site`` a subtraction.
        """
        if not self._is_here(tuple(token.text for token in known)):
            return False
        here = self.tokens[self.index : self.index + len(known)]
        return self.written(here) == self.written(known)

    def _is_here(self, words: tuple[str, ...]) -> bool:
        if self.index + len(words) >= len(self.tokens) or self.token.kind is Kind.STRING:
            return False
        tokens = self.tokens[self.index : self.index + len(words)]
        return all(t.text == w for t, w in zip(tokens, words, strict=True))

    @staticmethod
    def written(words: Sequence[Token]) -> str:
        """Return a name as its source writes it, each run of spaces as one space."""
        parts = [words[0].text]
        for before, word in pairwise(words):
            parts.append(word.text if before.end == word.start else f" {word.text}")
        return "".join(parts)
