"""Long texts of others on a narrow screen: what is wide in them scrolls by itself and can be reached by keyboard."""

from __future__ import annotations

from flask_babel import gettext as _
from markupsafe import Markup, escape


def scrollable(html: Markup) -> Markup:
    """Cleaned HTML whose tables and code blocks are named groups that scroll; nothing else is changed."""
    name = escape(_("Bảng, cuộn ngang được"))
    text = str(html).replace("<pre>", '<pre tabindex="0">')
    text = text.replace("<table>", f'<div class="tbl" role="group" tabindex="0" aria-label="{name}"><table>')
    return Markup(text.replace("</table>", "</table></div>"))
