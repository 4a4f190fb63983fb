"""Everything of the grammar that is not an operator: literals, calls, lists, blocks, types."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from decimal import Decimal
from typing import ParamSpec, TypeVar

from engine.feel import syntax as ast
from engine.feel.failure import Failure
from engine.feel.limits import MAX_CHAIN, MAX_DIGITS
from engine.feel.numbers import rounded
from engine.feel.scanner import Kind, Token
from engine.feel.stream import Words
from engine.feel.temporal import read_temporal
from engine.feel.type_parser import TypeParser
from engine.feel.values import Value

Given = ParamSpec("Given")
Result = TypeVar("Result")
Reader = Callable[[Token], ast.Node]

_LITERALS: dict[str, Value] = {"null": None, "true": True, "false": False}
_ENDS_A_RANGE = frozenset(
    [
        "and",
        "or",
        "then",
        "else",
        "return",
        "satisfies",
        "in",
        "between",
        "instance",
        ")",
        "]",
        "}",
        ",",
        "=",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "+",
        "*",
        "/",
        "**",
        ".",
    ]
)


class BlockParser(TypeParser):
    """Reads what stands between operators. :class:`engine.feel.parser.Parser` completes it."""

    several_tests_at = -1
    """Index of the parenthesis that may hold several tests: the one after ``in``."""

    at_range_end = False
    """Whether ``[`` may close an open range here (``[1..5[``) instead of opening a filter."""

    chain = 0

    @abstractmethod
    def expression(self) -> ast.Node:
        """Return an expression of any kind."""

    @abstractmethod
    def additive(self) -> ast.Node:
        """Return an expression without comparisons and logic."""

    @abstractmethod
    def test(self) -> ast.Node:
        """Return one test: an operator with its end, or an expression."""

    def chained(self, node: ast.Binary) -> ast.Binary:
        """Return the node, one level higher than its left operand.

        :raises FeelError: the row of operators is longer than is read.
        """
        height, left = 0, node.left
        while isinstance(left, ast.Binary) and height <= MAX_CHAIN:
            height, left = height + 1, left.left
        if height > MAX_CHAIN:
            raise self.error("too-many-operators", limit=MAX_CHAIN)
        return node

    # --- postfix: paths, filters, calls

    def postfix(self) -> ast.Node:
        """Return a primary with the paths, filters and calls that follow it."""
        node = self.primary()
        links = 0
        while self.token.kind is Kind.SYMBOL:
            links += 1
            if links > MAX_CHAIN:
                raise self.error("too-many-links", limit=MAX_CHAIN)
            position = self.token.start
            if self.at("."):
                self.advance()
                node = ast.Path(node, self._property(), position)
            elif self.at("(") and isinstance(node, ast.Name | ast.Path | ast.Call | ast.FunctionOf):
                node = self._call(node)
            elif self.at("[") and not (self.at_range_end and self._closes_range()):
                self.advance()
                condition = self._inside(self.expression)
                self.expect("]")
                node = ast.Filter(node, condition, position)
            else:
                break
        return node

    def _property(self) -> str:
        if self.token.kind is Kind.KEYWORD:
            return self.advance().text
        return self.member()

    def _closes_range(self) -> bool:
        following = self.peek(1)
        if following.kind is Kind.END:
            return True
        return following.kind in (Kind.SYMBOL, Kind.KEYWORD) and following.text in _ENDS_A_RANGE

    def _call(self, callee: ast.Node) -> ast.Call:
        position = self.expect("(").start
        arguments: list[ast.Node] = []
        names: list[str] = []
        while not self.at(")"):
            if arguments:
                self.expect(",")
            name = self._argument_name()
            if arguments and bool(name) != bool(names):
                raise self.error("names-of-arguments")
            names += [name] if name else []
            arguments.append(self._inside(self.test))
        self.expect(")")
        return ast.Call(callee, tuple(arguments), tuple(names), position)

    def _argument_name(self) -> str:
        length = 0
        while self.peek(length).kind in (Kind.NAME, Kind.KEYWORD, Kind.NUMBER):
            length += 1
        if length == 0 or self.peek(length).text != ":":
            return ""
        words = self.tokens[self.index : self.index + length]
        self.index += length + 1
        return self.written(words)

    # --- primaries

    def primary(self) -> ast.Node:
        """Return a literal, name, bracketed expression or block."""
        self.enter()
        token = self.token
        if token.kind in (Kind.NAME, Kind.KEYWORD) and self._known_length() > 0:
            node: ast.Node = ast.Name(self.name(), token.start)
        elif token.kind is Kind.NUMBER:
            node = self._number(self.advance())
        elif token.kind is Kind.STRING:
            node = ast.Literal(self.advance().text, token.start)
        elif token.kind is Kind.NAME:
            node = ast.Name(self.name(), token.start)
        elif token.kind is Kind.KEYWORD:
            node = self._keyword(token)
        else:
            node = self._bracketed(token)
        self.leave()
        return node

    def _number(self, token: Token) -> ast.Literal:
        if len(token.text) > MAX_DIGITS:
            raise self.error("too-many-digits", token, limit=MAX_DIGITS)
        try:
            return ast.Literal(rounded(Decimal(token.text)), token.start)
        except TypeError:
            raise self.error("number-too-large", token) from None

    def _keyword(self, token: Token) -> ast.Node:
        if token.text in _LITERALS:
            self.advance()
            return ast.Literal(_LITERALS[token.text], token.start)
        readers: dict[str, Reader] = {
            "if": self._if,
            "for": self._for,
            "some": self._quantified,
            "every": self._quantified,
            "function": self._function,
        }
        reader = readers.get(token.text)
        if reader is None:
            raise self.error("expected-value")
        self.advance()
        return self._inside(reader, token)

    def _bracketed(self, token: Token) -> ast.Node:
        readers: dict[str, Reader] = {
            "(": self._parenthesis,
            "[": self._list_or_range,
            "]": self._open_range,
            "{": self._context,
            "@": self._at_literal,
        }
        reader = readers.get(token.text) if token.kind is Kind.SYMBOL else None
        if reader is None:
            raise self.error("expected-value")
        self.advance()
        return self._inside(reader, token)

    def _inside(
        self, read: Callable[Given, Result], *given: Given.args, **more: Given.kwargs
    ) -> Result:
        """Read something within brackets: the rules for a range's end no longer hold."""
        outer, self.at_range_end = self.at_range_end, False
        result = read(*given, **more)
        self.at_range_end = outer
        return result

    def _at_literal(self, token: Token) -> ast.Node:
        if self.token.kind is not Kind.STRING:
            raise self.error("expected-moment")
        try:
            return ast.Literal(read_temporal(self.advance().text), token.start)
        except Failure as failure:
            return ast.Literal(None, token.start, failure.message)

    def _parenthesis(self, token: Token) -> ast.Node:
        several = self.index - 1 == self.several_tests_at
        node = self.test()
        if self.at(".."):
            return self._range(node, token, start_included=False)
        if several and self.at(","):
            tests = [node]
            while self.take(","):
                tests.append(self.test())
            self.expect(")")
            return ast.UnaryTestsOf(tuple(tests), negated=False)  # type: ignore[return-value]
        if self.at(","):
            raise self.error("expected-one-value")
        self.expect(")")
        return node

    def _list_or_range(self, token: Token) -> ast.Node:
        if self.take("]"):
            return ast.ListOf((), token.start)
        items = [self.test()]
        if self.at(".."):
            return self._range(items[0], token, start_included=True)
        while self.take(","):
            items.append(self.test())
        if not self.at("]"):
            raise self.error("expected-either", one=",", other="]")
        self.advance()
        return ast.ListOf(tuple(items), token.start)

    def _open_range(self, token: Token) -> ast.Node:
        start = self.additive()
        if not self.at(".."):
            raise self.error("expected-range")
        return self._range(start, token, start_included=False)

    def _range(self, start: ast.Node, token: Token, *, start_included: bool) -> ast.Interval:
        self.expect("..")
        self.at_range_end = True
        end = self.additive()
        self.at_range_end = False
        if not (self.at(")") or self.at("]") or self.at("[")):
            raise self.error("expected-range-end")
        closing = self.advance().text
        return ast.Interval(start, end, start_included, closing == "]", "", token.start)

    def _context(self, token: Token) -> ast.Node:
        entries: list[tuple[str, ast.Node]] = []
        learnt: list[Words] = []
        while not self.at("}"):
            if entries:
                self.expect(",")
            key_token = self.token
            key = self._key()
            if any(key == earlier for earlier, _ in entries):
                raise self.error("key-twice", key_token, key=key)
            self.expect(":")
            entries.append((key, self.expression()))
            learnt.append(self.learn(key))
        self.forget(learnt)
        self.expect("}")
        return ast.ContextOf(tuple(entries), token.start)

    def _key(self) -> str:
        if self.token.kind is Kind.STRING:
            return self.advance().text
        length = 0
        while self.peek(length).text not in {":", ",", "{", "}"} and self._in_key(length):
            length += 1
        if length == 0:
            raise self.error("expected-key")
        words = self.tokens[self.index : self.index + length]
        self.index += length
        return self.written(words)

    def _in_key(self, length: int) -> bool:
        token = self.peek(length)
        symbols = {"-", "+", "*", "/", ".", "'", "**"}
        return token.kind in (Kind.NAME, Kind.KEYWORD, Kind.NUMBER) or token.text in symbols

    # --- blocks

    def _if(self, token: Token) -> ast.Node:
        condition = self.expression()
        self.expect("then")
        yes = self.expression()
        self.expect("else")
        return ast.If(condition, yes, self.expression(), token.start)

    def _for(self, token: Token) -> ast.Node:
        iterators, learnt = self._iterators()
        self.expect("return")
        result = self.expression()
        self.forget(learnt)
        return ast.For(iterators, result, token.start)

    def _quantified(self, token: Token) -> ast.Node:
        iterators, learnt = self._iterators()
        self.expect("satisfies")
        condition = self.expression()
        self.forget(learnt)
        return ast.Quantified(token.text == "every", iterators, condition, token.start)

    def _iterators(self) -> tuple[tuple[ast.Iterator, ...], list[Words]]:
        iterators: list[ast.Iterator] = []
        learnt: list[Words] = []
        while True:
            name = self.name()
            self.expect("in")
            domain = self.expression()
            last = self.expression() if self.take("..") else None
            iterators.append(ast.Iterator(name, domain, last))
            learnt.append(self.learn(name))
            if not self.take(","):
                return tuple(iterators), learnt

    def _function(self, token: Token) -> ast.Node:
        self.expect("(")
        parameters: list[ast.Parameter] = []
        while not self.at(")"):
            if parameters:
                self.expect(",")
            name = self.name()
            declared = self.type() if self.take(":") else None
            parameters.append(ast.Parameter(name, declared))
        self.expect(")")
        external = self.peek(1).text == "{" and self.take_word("external")
        learnt = [self.learn(parameter.name) for parameter in parameters]
        body = self.expression()
        self.forget(learnt)
        return ast.FunctionOf(tuple(parameters), body, external, token.start)
