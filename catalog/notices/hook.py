"""What a webhook gets: JSON, signed so that its receiver knows whose it is and when it was sent.

`X-Haidang-Signature: t=SECONDS,v1=HEX`, where HEX is the HMAC-SHA256, under the shared secret, of `SECONDS.BODY`. A receiver computes it
over the bytes as they came, compares without haste or leak, and refuses what is older than some minutes. The same notice may come
twice; its `id` tells.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from typing import Any

import orjson

from catalog.characters import keepable
from catalog.models import Notice
from catalog.notices.digest import Told, page
from catalog.notices.kinds import LANGUAGES, line, title
from catalog.settings import Settings


def posted(settings: Settings, told: Sequence[Told], moment: float) -> tuple[bytes, dict[str, str]]:
    """Body and headers of one POST; `moment` is real time in seconds, whatever day a demonstration stands on."""
    body = orjson.dumps(keepable({"version": 1, "site": settings.site_url, "notices": [as_dict(settings, each.notice) for each in told]}))
    stamp = str(int(moment))
    return body, {"Content-Type": "application/json", "X-Haidang-Signature": f"t={stamp},v1={signature(settings.webhook_secret, stamp, body)}"}


def signature(secret: str, stamp: str, body: bytes) -> str:
    """The HMAC-SHA256 of stamp, dot and body, in hexadecimal digits."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def as_dict(settings: Settings, notice: Notice) -> dict[str, Any]:
    """A notice as programs see it; no mail address is in it."""
    return {
        "id": notice.id, "kind": notice.kind, "subject": notice.subject, "episode": notice.episode,
        "agency": notice.facts.get("slug") or None, "source": notice.source_id, "dataset": notice.dataset_id,
        "code": notice.issue.get("code") if notice.issue else None,
        "title": {language: title(notice.kind, language) for language in LANGUAGES},
        "text": {language: line(notice, language) for language in LANGUAGES},
        "url": page(settings, notice) or None,
        "created": notice.created.isoformat(), "ended": notice.ended.isoformat() if notice.ended else None,
    }
