"""A plug-in of pytest: hypothesis tries the same examples each time, without deadlines, and does not look for smaller ones."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase, settings


def pytest_configure(config: Any) -> None:
    """Before any test is collected; what a test sets for itself counts."""
    settings.register_profile("same examples", derandomize=True, deadline=None, database=None, phases=(Phase.explicit, Phase.generate),
                              suppress_health_check=list(HealthCheck))
    settings.load_profile("same examples")
