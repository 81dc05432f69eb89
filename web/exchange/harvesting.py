"""The door of OAI-PMH, for libraries, archives and whoever harvests by it."""

from __future__ import annotations

from flask import Response, request

from catalog.exchange import oai
from web.exchange.door import answer, bp, reading


@bp.route("/oai", methods=["GET", "POST"])
def oai_pmh() -> Response:
    """Answer a request of the protocol; its arguments come in the address or in a form."""
    request.max_content_length = 64 * 1024
    given = request.form if request.method == "POST" else request.args
    with reading() as context:
        return answer(oai.answer(context, list(given.items(multi=True))), "text/xml")
