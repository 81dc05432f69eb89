"""Words for decisions about columns."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ACTIONS = {"drop": _l("Bỏ cột"), "mask": _l("Che mọi ô"), "publish": _l("Công bố theo căn cứ"), "refuse": _l("Từ chối cả bản")}
SIGNS = {"drop": "ok", "mask": "ok", "publish": "part", "refuse": "stop"}
DONE = {"drop": _l("đã bỏ trước khi công bố"), "mask": _l("mọi ô đã được che"), "publish": _l("công bố theo căn cứ pháp lý đã ghi"),
        "refuse": _l("bị từ chối")}
