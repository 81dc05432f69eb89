"""The pages and the API of a site: `create_app` reads as a table of contents, each subject is one blueprint.

In a view the site is `current_app.extensions["haidang"]`. Views ask `catalog` and show what it says; they hold
no rule of their own and never commit.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from flask import Flask

from catalog.site import Site
from web import addresses, errors, formats, headers, identity, markup, words

SUBJECTS = ("web.home", "web.search", "web.datasets", "web.organizations", "web.participation", "web.runs", "web.api.ckan")


def create_app(site: Site) -> Flask:
    """The web application of one site; nothing is global, so a process may hold several."""
    app = Flask(__name__)
    app.secret_key = site.settings.secret_key
    app.extensions["haidang"] = site
    words.init_app(app)
    formats.init_app(app)
    markup.init_app(app)
    identity.init_app(app)
    addresses.init_app(app)
    headers.init_app(app)
    errors.init_app(app)
    for subject in SUBJECTS:
        if find_spec(subject) is None or not hasattr(import_module(subject), "bp"):
            continue
        app.register_blueprint(import_module(subject).bp)
    return app
