"""What a table of the demonstration is asked to hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a table shall hold: its own random numbers, the day of its figures, a district, and the table's own wishes."""

    random: Random
    day: date
    district: str = ""
    wishes: dict[str, Any] = field(default_factory=dict)
