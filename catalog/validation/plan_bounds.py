"""Bounds and enums as whole numbers, exact where frictionless compares exactly and at a distance where it rounds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

SCALES = 19  # numbers of 0 to 18 digits after the point
_LEAST, _MOST = -(2**63), 2**63 - 1
_LARGEST = 1.7e308
_SURE = 2**53  # up to here every whole number is a float


class Odd(Exception):
    """There is no certain plan for this."""


def of_scalars(bounds: Mapping[str, int]) -> dict[str, Any]:
    """Bounds for what is compared as one whole number, such as the day of a date."""
    return {"bounds": table(bounds)}


def of_numbers(bounds: Mapping[str, Any], *, floating: bool) -> dict[str, Any]:
    """Bounds for exact values, or for texts that will be rounded to a float before they are compared."""
    if any(bound != bound for bound in bounds.values()):  # NaN compares with nothing, and raises for Decimal
        raise Odd
    exact = _for_floats(bounds) if floating else bounds
    return {"bounds": table(exact), "floats": _ends(bounds)}


def table(bounds: Mapping[str, Any]) -> tuple[list[int], list[int]]:
    """For each scale s the lowest and the highest n such that n / 10**s is within the bounds."""
    low, high = [_LEAST] * SCALES, [_MOST] * SCALES
    for name, bound in bounds.items():
        for scale in range(SCALES):
            exact, whole = _scaled(bound, scale)
            if name.endswith("inimum"):
                low[scale] = max(low[scale], whole + 1 if name == "exclusiveMinimum" or not exact else whole)
            else:
                high[scale] = min(high[scale], whole - 1 if name == "exclusiveMaximum" and exact else whole)
    for scale in range(SCALES):
        if low[scale] > _MOST or high[scale] < _LEAST:
            low[scale], high[scale] = _MOST, _LEAST
    return low, high


def _scaled(bound: Any, scale: int) -> tuple[bool, int]:
    """Whether bound * 10**scale is whole, and the greatest whole number up to it; beyond 10**40 only its sign counts."""
    if isinstance(bound, float | Decimal):
        number = Decimal(bound)
        if number.is_infinite() or (number and number.adjusted() > 40):
            return True, 10**60 * (1 if number > 0 else -1)
        if number and number.adjusted() < -60:
            return False, 0 if number > 0 else -1
    fraction = Fraction(bound) * 10**scale
    return fraction.denominator == 1, math.floor(fraction)


def _for_floats(bounds: Mapping[str, Any]) -> dict[str, Any]:
    """Inclusive bounds that are floats themselves: rounding keeps the order, so a text beyond one is a float beyond it."""
    found: dict[str, float] = {}
    for name, bound in bounds.items():
        nearest = _nearest(bound)
        if name.endswith("inimum"):
            outside = nearest <= bound if name == "exclusiveMinimum" else nearest < bound
            found[name] = math.nextafter(nearest, math.inf) if outside else nearest
        else:
            outside = nearest >= bound if name == "exclusiveMaximum" else nearest > bound
            found[name] = math.nextafter(nearest, -math.inf) if outside else nearest
    lows = [value for name, value in found.items() if name.endswith("inimum")]
    highs = [value for name, value in found.items() if name.endswith("aximum")]
    return ({"minimum": max(lows)} if lows else {}) | ({"maximum": min(highs)} if highs else {})


def _ends(bounds: Mapping[str, Any]) -> tuple[float, float]:
    """The bounds as floats; those that bind nothing are finite, so that a distance from them can be reckoned."""
    lows = [_nearest(bound) for name, bound in bounds.items() if name.endswith("inimum")]
    highs = [_nearest(bound) for name, bound in bounds.items() if name.endswith("aximum")]
    return max([-_LARGEST, *lows]), min([_LARGEST, *highs])


def _nearest(number: Any) -> float:
    """The float next to the number; infinite where it is too great for one."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def choice_of_numbers(values: Iterable[Any], *, floating: bool) -> dict[str, Any]:
    """The numbers of an enum as (value, exponent) without trailing zeros. A float stands for the text that it prints as."""
    found = set()
    for value in values:
        if not isinstance(value, int | float | Decimal):
            raise Odd
        if floating and isinstance(value, int) and abs(value) > _SURE:
            continue  # the same digits may round to another float
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        if number.is_snan():
            raise Odd
        if number.is_finite():
            found.add(_simple(number))
    ordered = sorted((value, exponent) for value, exponent in found if abs(value) < 10**18 and abs(exponent) < 10**9)
    return {"choice": [value for value, _ in ordered], "exponents": [exponent for _, exponent in ordered]}


def _simple(number: Decimal) -> tuple[int, int]:
    """The value without trailing zeros and its power of ten; a value of more than 18 digits as 10**18."""
    sign, digits, exponent = number.as_tuple()
    text = "".join(map(str, digits)).lstrip("0")
    kept = text.rstrip("0")
    if not kept:
        return 0, 0
    if len(kept) > 18:
        return 10**18, 0
    return int(kept) * (-1 if sign else 1), int(exponent) + len(text) - len(kept)
