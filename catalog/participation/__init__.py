"""Which agencies take part in opening data, on any day, by a rule with a version.

An agency counts on a day when it is on the register and active, not exempt by a recorded decision, and has at least
one dataset that on that day is published, openly licensed, machine-readable in an open format, valid at its last
validation, reachable at its last check, and not overdue (`catalog.conditions`). Everything is read from dated
evidence, so a past day gives the same figure for ever; successors inherit what an ended agency held.
"""

from catalog.participation.figure import (
    RULE_VERSION,
    AgencyState,
    Light,
    Participation,
    Summary,
    participation,
    summary,
)
from catalog.participation.steps import STEP_KEYS, Step
from catalog.participation.trend import Change, Forecast, changes, forecast, trend

__all__ = [
    "RULE_VERSION", "STEP_KEYS", "AgencyState", "Change", "Forecast", "Light", "Participation", "Step", "Summary",
    "changes", "forecast", "participation", "summary", "trend",
]
