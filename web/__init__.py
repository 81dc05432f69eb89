"""The pages and the API of a site: `create_app` reads as a table of contents, each subject is one blueprint.

In a view the site is `current_app.extensions["haidang"]`. Views ask `catalog` and show what it says; they hold
no rule of their own and never commit.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from catalog.site import Site

PARTS = ("web.words", "web.formats", "web.markup", "web.identity", "web.addresses", "web.headers", "web.errors")
SUBJECTS = ("web.home", "web.search", "web.datasets", "web.organizations", "web.schemas_pages", "web.participation", "web.runs", "web.api.ckan")


def create_app(site: Site) -> Flask:
    """The web application of one site; nothing is global, so a process may hold several.

    Parts and subjects are imported here, so that the set-up of assets and the command line start without them.
    """
    from flask import Flask

    app = Flask(__name__)
    app.secret_key = site.settings.secret_key
    app.extensions["haidang"] = site
    for part in PARTS:
        import_module(part).init_app(app)
    for subject in SUBJECTS:
        try:
            app.register_blueprint(import_module(subject).bp)
        except (ImportError, AttributeError) as error:
            print(subject, error)
    return app
