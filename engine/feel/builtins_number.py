"""Numeric built-ins (DMN 1.5, tables 74 and 77) and booleans."""

from __future__ import annotations

from datetime import timedelta
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)

from engine.feel import numbers
from engine.feel.arithmetic import negate
from engine.feel.failure import Failure
from engine.feel.registry import builtin
from engine.feel.values import Value, YearsMonths

_MOST = Decimal(10) ** 15


def whole(value: Decimal) -> int:
    """Return a number's whole part, as positions and scales are given.

    :raises Failure: it is beyond 10^15.
    """
    if abs(value) > _MOST:
        raise Failure("whole-range")
    return int(value)


def _rounded(value: Decimal, scale: Decimal, rounding: str) -> Decimal:
    places = whole(scale)
    if not numbers.MIN_SCALE <= places <= numbers.MAX_SCALE:
        raise Failure("scale-range", low=numbers.MIN_SCALE, high=numbers.MAX_SCALE)
    return numbers.round_to(value, places, rounding)


@builtin("decimal", "n: number, scale: number")
def decimal(n: Decimal, scale: Decimal) -> Decimal:
    """Return the number at so many decimals, half to even."""
    return _rounded(n, scale, ROUND_HALF_EVEN)


@builtin("floor", "n: number, scale?: number")
def floor(n: Decimal, scale: Decimal = Decimal(0)) -> Decimal:
    """Return the next number at or below, at so many decimals."""
    return _rounded(n, scale, ROUND_FLOOR)


@builtin("ceiling", "n: number, scale?: number")
def ceiling(n: Decimal, scale: Decimal = Decimal(0)) -> Decimal:
    """Return the next number at or above, at so many decimals."""
    return _rounded(n, scale, ROUND_CEILING)


@builtin("round up", "n: number, scale: number")
def round_up(n: Decimal, scale: Decimal) -> Decimal:
    """Return the number rounded away from zero."""
    return _rounded(n, scale, ROUND_UP)


@builtin("round down", "n: number, scale: number")
def round_down(n: Decimal, scale: Decimal) -> Decimal:
    """Return the number rounded towards zero."""
    return _rounded(n, scale, ROUND_DOWN)


@builtin("round half up", "n: number, scale: number")
def round_half_up(n: Decimal, scale: Decimal) -> Decimal:
    """Return the number rounded to the nearest, halves away from zero."""
    return _rounded(n, scale, ROUND_HALF_UP)


@builtin("round half down", "n: number, scale: number")
def round_half_down(n: Decimal, scale: Decimal) -> Decimal:
    """Return the number rounded to the nearest, halves towards zero."""
    return _rounded(n, scale, ROUND_HALF_DOWN)


@builtin("abs", "n: number|days|months")
def absolute(n: Value) -> Value:
    """Return the number or duration without its sign."""
    if isinstance(n, YearsMonths):
        return YearsMonths(abs(n.months))
    if isinstance(n, timedelta):
        return negate(n) if n < timedelta(0) else n
    return abs(n) if isinstance(n, Decimal) else None


@builtin("modulo", "dividend: number, divisor: number")
def modulo(dividend: Decimal, divisor: Decimal) -> Value:
    """Return what is left of a division; it has the divisor's sign."""
    if divisor == 0:
        raise Failure("division-by-zero")
    rest = numbers.remainder(dividend, divisor)
    if rest and (rest < 0) != (divisor < 0):
        rest = numbers.add(rest, divisor)
    return numbers.plus(rest)


@builtin("sqrt", "number: number")
def sqrt(number: Decimal) -> Decimal:
    """Return the square root."""
    if number < 0:
        raise Failure("negative-root")
    return numbers.sqrt(number)


@builtin("log", "number: number")
def log(number: Decimal) -> Decimal:
    """Return the natural logarithm."""
    if number <= 0:
        raise Failure("negative-logarithm")
    return numbers.ln(number)


@builtin("exp", "number: number")
def exp(number: Decimal) -> Decimal:
    """Return e to that power."""
    return numbers.exp(number)


@builtin("odd", "number: number")
def odd(number: Decimal) -> bool:
    """Return whether the number is odd."""
    return numbers.remainder(number, Decimal(2)) in (1, -1)


@builtin("even", "number: number")
def even(number: Decimal) -> bool:
    """Return whether the number is even."""
    return numbers.remainder(number, Decimal(2)) == 0


@builtin("not", "negand: any")
def negation(negand: Value) -> Value:
    """Return the opposite of a boolean; null for anything else."""
    return not negand if isinstance(negand, bool) else None
