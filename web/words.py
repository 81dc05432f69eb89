"""Vietnamese and English: which language a request reads, and where its words come from.

The sentences in code and templates are the Vietnamese ones; English stands in
`translations/en/LC_MESSAGES/messages.po` and is read from there once per process, so that nothing has to be compiled.

The plain address is Vietnamese, the same address with `?lang=en` is English. No cookie and no header decides, so a
link that is passed on shows what its sender saw; `addresses` keeps the language in every link of a page.

In templates `_()` always formats its sentence: a percent sign is written `%%`. In Python it does so only when it
is given values.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, Domain, lazy_gettext
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

LANGUAGES = ("vi", "en")

# The words of the states, wherever one is shown (design: states are icon and word, never one alone).
STATES = {
    "ok": lazy_gettext("Đạt"),
    "due": lazy_gettext("Sắp đến hạn"),
    "part": lazy_gettext("Một phần"),
    "hold": lazy_gettext("Đang giữ lại"),
    "lapse": lazy_gettext("Hết hiệu lực"),
    "bad": lazy_gettext("Chưa đạt"),
    "none": lazy_gettext("Chưa bắt đầu"),
    "na": lazy_gettext("Chưa xét"),
    "run": lazy_gettext("Đang chạy"),
    "queue": lazy_gettext("Đang chờ"),
    "stop": lazy_gettext("Đã hủy"),
}


class CatalogueDomain(Domain):
    """Translations read straight from the `.po` file."""

    def get_translations(self) -> NullTranslations:
        return translations(language())


@cache
def translations(language: str) -> NullTranslations:
    """The translations into one language; none are needed for Vietnamese."""
    if language == "vi":
        return NullTranslations()
    source = files("web").joinpath("translations", language, "LC_MESSAGES", "messages.po")
    compiled = BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def language() -> str:
    """The language of this request: `vi`, or `en` where the address says so; `vi` outside a request."""
    if not has_request_context():
        return "vi"
    try:
        return g.language
    except AttributeError:
        chosen = request.args.get("lang")
        g.language = chosen if chosen in LANGUAGES else "vi"
        return g.language


def either(vi: str, en: str) -> str:
    """The one of two texts that the reader reads; Vietnamese where there is no English."""
    return en if en and language() == "en" else vi


@pass_context
def _said(context: Context, text: str, **values: Any) -> str:
    """A sentence in a template, as Jinja's own `gettext` gives it, without its detours."""
    found = translations(language()).gettext(text)
    found = Markup(found) if context.eval_ctx.autoescape else found
    return found % values if "%" in found else found


def init_app(app: Flask) -> None:
    """Give the application its two languages."""
    babel = Babel(app, default_locale="vi", default_timezone="Asia/Ho_Chi_Minh", locale_selector=language)
    babel.domain_instance = CatalogueDomain()
    # Babel's own look-up asks for its domain and locale at each word, hundreds of times on a page.
    app.jinja_env.install_gettext_callables(
        gettext=lambda text: translations(language()).gettext(text),
        ngettext=lambda one, many, number: translations(language()).ngettext(one, many, number),
        pgettext=lambda context, text: translations(language()).pgettext(context, text),
        npgettext=lambda context, one, many, number: translations(language()).npgettext(context, one, many, number),
        newstyle=True)
    app.jinja_env.globals.update(gettext=_said, _=_said)
    app.add_template_global(either)
    app.add_template_global(language, "lang_now")
    app.add_template_global(STATES, "STATES")
    app.context_processor(lambda: {"lang": language()})
