"""Decimal arithmetic as DMN 1.5, 10.3.2.3.1 says: IEEE 754 decimal128, 34 digits, half to even."""

from __future__ import annotations

from collections.abc import Callable
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)

DIGITS = 34
MIN_SCALE, MAX_SCALE = -6111, 6176
"""Scales that decimal128 knows; a rounding to any other is refused (DMN 1.5, table 74)."""


def decimal128(rounding: str = ROUND_HALF_EVEN) -> Context:
    """Return a fresh arithmetic context; what overflows or has no result raises."""
    return Context(
        prec=DIGITS,
        rounding=rounding,
        Emin=-6143,
        Emax=6144,
        traps=[DivisionByZero, InvalidOperation, Overflow],
    )


_CONTEXT = decimal128()
add: Callable[[Decimal, Decimal], Decimal] = _CONTEXT.add
subtract: Callable[[Decimal, Decimal], Decimal] = _CONTEXT.subtract
multiply: Callable[[Decimal, Decimal], Decimal] = _CONTEXT.multiply
divide: Callable[[Decimal, Decimal], Decimal] = _CONTEXT.divide
exp: Callable[[Decimal], Decimal] = _CONTEXT.exp
ln: Callable[[Decimal], Decimal] = _CONTEXT.ln
sqrt: Callable[[Decimal], Decimal] = _CONTEXT.sqrt
remainder: Callable[[Decimal, Decimal], Decimal] = Context(
    prec=6200, Emin=-6500, Emax=6500, traps=[InvalidOperation]
).remainder
negate: Callable[[Decimal], Decimal] = _CONTEXT.minus
plus: Callable[[Decimal], Decimal] = _CONTEXT.plus


def power(base: Decimal, exponent: Decimal) -> Decimal:
    """Return a power; to the exponent 0 that is 1 for any base, as IEEE 754 has it."""
    return _CONTEXT.power(base, exponent) if exponent else Decimal(1)


def rounded(value: Decimal) -> Decimal:
    """Return the number at 34 digits; one out of reach is refused.

    :raises TypeError: the number is beyond 10^6145.
    """
    try:
        return plus(value)
    except Overflow:
        raise TypeError("A number is beyond FEEL's largest, 10^6145.") from None


_QUANTIZE = Context(prec=DIGITS + 6200, Emin=-6500, Emax=6500, traps=[InvalidOperation, Overflow])


def round_to(value: Decimal, scale: int, rounding: str) -> Decimal:
    """Return the number at so many decimals.

    :param scale: decimals after the point; negative rounds to tens, hundreds …
    :param rounding: one of the ``ROUND_`` constants of :mod:`decimal`.
    """
    if value.is_zero() or -value.as_tuple().exponent <= scale:  # type: ignore[operator]
        return value
    result = value.quantize(Decimal((0, (1,), -scale)), rounding=rounding, context=_QUANTIZE)
    return plus(result) if scale >= 0 else plus(result.quantize(Decimal(1), context=_QUANTIZE))


def number_text(value: Decimal) -> str:
    """Return the number as FEEL writes it: plain digits, never an exponent, no sign on zero."""
    text = format(value, "f")
    return text[1:] if value.is_zero() and text.startswith("-") else text
