"""Types as they are written: ``list<number>``, ``context<name: string>``, ``date and time`` …"""

from __future__ import annotations

from engine.feel.scanner import scan
from engine.feel.stream import TokenStream
from engine.feel.suggest import nearest
from engine.feel.types import ANY, SIMPLE, FeelType, simple_type


class TypeParser(TokenStream):
    """Reads types, FEEL's own and those that the caller made known."""

    def type(self) -> FeelType:
        """Return the type that is written here.

        :raises FeelError: none is, or it is unknown.
        """
        self.enter()
        name = self.type_name()
        found = self.types.get(name) or simple_type(name)
        if found is None:
            raise self.error(
                "unknown-type", name=name, hint=nearest(name, SIMPLE, "hint.did-you-mean")
            )
        if self.at("<") and name in {"list", "range", "context", "function"}:
            found = self._parametrised(name)
        self.leave()
        return found

    def _parametrised(self, name: str) -> FeelType:
        self.expect("<")
        if name == "context":
            return self._context_type()
        if name != "function":
            item = self.type()
            self.expect(">")
            return FeelType(name, item=item, name=f"{name}<{item.name}>")
        params: list[FeelType] = []
        while not self.at(">"):
            if params:
                self.expect(",")
            params.append(self.type())
        self.expect(">")
        result = self.type() if self.take("->") else ANY
        return FeelType("function", item=result, params=tuple(params), name="function")

    def _context_type(self) -> FeelType:
        entries: dict[str, FeelType] = {}
        while not self.at(">"):
            if entries:
                self.expect(",")
            key = self.name()
            self.expect(":")
            entries[key] = self.type()
        self.expect(">")
        return FeelType("context", entries=entries, name="context")

    def type_name(self) -> str:
        """Return the longest name of a type that begins here, and pass it.

        :raises FeelError: no known type's name begins here.
        """
        best = ""
        best_length = 0
        for name in (*SIMPLE, *self.types):
            words = tuple(token.text for token in scan(name)[:-1])
            if len(words) > best_length and self._is_here(words):
                best, best_length = name, len(words)
        if not best:
            known = (*SIMPLE, *self.types)
            raise self.error(
                "expected-type", hint=nearest(self.token.text, known, "hint.did-you-mean")
            )
        self.index += best_length
        return best
