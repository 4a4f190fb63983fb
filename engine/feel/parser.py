"""Tokens → syntax tree, by recursive descent (DMN 1.5, 10.3.1.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.feel import syntax as ast
from engine.feel.blocks import BlockParser
from engine.feel.limits import MAX_CHAIN
from engine.feel.scanner import Kind
from engine.feel.types import FeelType

_COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})


class Parser(BlockParser):
    """Reads operators; what stands between them is :class:`BlockParser`'s."""

    def whole_expression(self) -> ast.Node:
        """Return the tree of the whole source."""
        node = self.expression()
        self.finish()
        return node

    def whole_unary_tests(self) -> ast.UnaryTestsOf | None:
        """Return the tests of an input cell; ``None`` for ``-``, which fits anything."""
        if self.at("-") and self.peek(1).kind is Kind.END:
            return None
        negated = self.token.text == "not" and self.peek(1).text == "("
        if negated and not self._not_is_a_call():
            self.advance()
            self.expect("(")
            tests = self.tests(")")
            self.expect(")")
        else:
            negated, tests = False, self.tests("")
        self.finish()
        return ast.UnaryTestsOf(tests, negated)

    def _not_is_a_call(self) -> bool:
        """Whether something follows the parenthesis of ``not(…)``, as in ``not(a) and b``."""
        depth = 0
        for offset in range(1, len(self.tokens) - self.index):
            text = self.peek(offset).text if self.peek(offset).kind is Kind.SYMBOL else ""
            depth += {"(": 1, ")": -1}.get(text, 0)
            if depth == 0:
                return self.peek(offset + 1).kind is not Kind.END
        return False

    def tests(self, closing: str) -> tuple[ast.Node, ...]:
        """Return tests separated by commas, up to the closing symbol."""
        found = [self.test()]
        while self.take(","):
            found.append(self.test())
        if closing and not self.at(closing):
            raise self.error("expected-either", one=",", other=closing)
        return tuple(found)

    def test(self) -> ast.Node:
        """Return one test: an operator with its end, or an expression."""
        token = self.token
        if token.kind is Kind.SYMBOL and token.text in _COMPARISONS:
            self.advance()
            end = self.additive()
            included = token.text in {"<=", ">=", "="}
            lower = token.text in {">", ">="}
            return ast.Interval(
                end if lower else None,
                None if lower else end,
                included and lower,
                included and not lower,
                token.text,
                token.start,
            )
        return self.expression()

    def expression(self) -> ast.Node:
        """Return the tree of an expression of any kind."""
        node = self.conjunction()
        while self.token.text == "or" and self.token.kind is Kind.KEYWORD:
            position = self.advance().start
            node = self.chained(ast.Binary("or", node, self.conjunction(), position))
        return node

    def conjunction(self) -> ast.Node:
        """Return operands joined by ``and``."""
        node = self.comparison()
        while self.token.text == "and" and self.token.kind is Kind.KEYWORD:
            position = self.advance().start
            node = self.chained(ast.Binary("and", node, self.comparison(), position))
        return node

    def comparison(self) -> ast.Node:
        """Return a comparison, ``between``, ``in`` or ``instance of``."""
        node = self.additive()
        while True:
            token = self.token
            if token.kind is Kind.SYMBOL and token.text in _COMPARISONS:
                self.advance()
                node = self.chained(ast.Binary(token.text, node, self.additive(), token.start))
            elif token.kind is Kind.KEYWORD and token.text in {"between", "in", "instance"}:
                node = self._worded(node)
            else:
                return node

    def _worded(self, node: ast.Node) -> ast.Node:
        token = self.advance()
        if token.text == "between":
            low = self.additive()
            self.expect("and")
            return ast.Between(node, low, self.additive(), token.start)
        if token.text == "instance":
            if not self.take_word("of"):
                raise self.error("expected", text="of")
            return ast.InstanceOf(node, self.type(), token.start)
        return ast.In(node, self._in_tests(), token.start)

    def _in_tests(self) -> tuple[ast.Node, ...]:
        if self.at("("):
            self.several_tests_at = self.index
            node = self.additive()
            if isinstance(node, ast.UnaryTestsOf):
                return node.tests
            return (node,)
        token = self.token
        if token.kind is Kind.SYMBOL and token.text in _COMPARISONS:
            return (self.test(),)
        return (self.additive(),)

    def additive(self) -> ast.Node:
        """Return operands joined by ``+`` and ``-``."""
        node = self.multiplicative()
        while self.token.kind is Kind.SYMBOL and self.token.text in {"+", "-"}:
            token = self.advance()
            node = self.chained(ast.Binary(token.text, node, self.multiplicative(), token.start))
        return node

    def multiplicative(self) -> ast.Node:
        """Return operands joined by ``*`` and ``/``."""
        node = self.power()
        while self.token.kind is Kind.SYMBOL and self.token.text in {"*", "/"}:
            token = self.advance()
            node = self.chained(ast.Binary(token.text, node, self.power(), token.start))
        return node

    def power(self) -> ast.Node:
        """Return operands joined by ``**``, from left to right as the grammar has it."""
        node = self.negation()
        while self.at("**"):
            token = self.advance()
            node = self.chained(ast.Binary("**", node, self.negation(), token.start))
        return node

    def negation(self) -> ast.Node:
        """Return an operand, with the minus signs before it."""
        signs = []
        while self.at("-"):
            signs.append(self.advance().start)
        if len(signs) > MAX_CHAIN:
            raise self.error("too-many-signs", limit=MAX_CHAIN)
        node = self.postfix()
        for position in reversed(signs):
            node = ast.Unary(node, position)
        return node


def parse_tree(source: str, names: Iterable[str], types: Mapping[str, FeelType]) -> ast.Node:
    """Return the syntax tree of an expression.

    :param names: variables whose names need knowing: those with spaces or symbols in them.
    :param types: types that ``instance of`` and parameters may name beyond FEEL's own.
    :raises FeelError: the source does not parse.
    """
    return Parser(source, names, types).whole_expression()


def parse_tests_tree(
    source: str, names: Iterable[str], types: Mapping[str, FeelType]
) -> ast.UnaryTestsOf | None:
    """Return the tests of a decision table's input cell; ``None`` for ``-``.

    :raises FeelError: the source does not parse.
    """
    return Parser(source, names, types).whole_unary_tests()
