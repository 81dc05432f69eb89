"""The tree of errors.

    HaidangError
    ├── CalledOff          the work was called off while it waited for a server
    ├── Trouble            something outside is wrong; carries an Issue, stops one record or one run
    ├── Refusal            a request that cannot be granted
    │   ├── NotFound
    │   ├── NotAuthorized
    │   ├── Invalid        carries field -> list of messages
    │   ├── Stale          a change of what somebody else has changed since it was read
    │   └── SearchRefused  a query that cannot be understood
    └── UsageError         settings or the environment are wrong; carries words in both languages

Errors carry words and data only. They become status codes in one place of `web` and exit codes in one
place of the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from catalog.issues import Issue


class HaidangError(Exception):
    """The root of all errors that this project raises on purpose."""


class CalledOff(HaidangError):
    """Whoever asked for the work no longer wants it; what it was doing is left undone."""


class Trouble(HaidangError):
    """Something outside is wrong: a server, a file, an answer. `issue` says what, where and who must act."""

    def __init__(self, issue: Issue) -> None:
        super().__init__(issue.code)
        self.issue = issue


class Refusal(HaidangError):
    """A request that cannot be granted; `message` is the CKAN wording where CKAN has one, `hint` says more in Vietnamese and English."""

    hint: Mapping[str, str] | None = None

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class NotFound(Refusal):
    """Nothing there, or nothing that the asker may know of."""


class NotAuthorized(Refusal):
    """The asker may not do that."""


class Invalid(Refusal):
    """What was sent does not hold; `errors` maps a field to its messages."""

    def __init__(self, errors: Mapping[str, Any]) -> None:
        super().__init__("; ".join(f"{field}: {message}" for field, message in errors.items()))
        self.errors = dict(errors)


class Stale(Refusal):
    """What is to be changed is no longer what the caller has read; it must be read again first."""


class SearchRefused(Refusal):
    """A search query or sort that cannot be understood."""


class UsageError(HaidangError):
    """Settings, arguments or the environment are wrong; said in Vietnamese and English."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(f"{vi}\n{en}")
        self.vi = vi
        self.en = en
