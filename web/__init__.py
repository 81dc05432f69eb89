"""The pages and the API of a site: `create_app` reads as a table of contents, each subject is one blueprint.

In a view the site is `current_app.extensions["haidang"]`. Views ask `catalog` and show what it says; they hold
no rule of their own and never commit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from catalog.site import Site


def create_app(site: Site) -> Flask:
    """The web application of one site; nothing is global, so a process may hold several.

    Parts and subjects are imported here, so that the set-up of assets and the command line start without them.
    """
    from flask import Flask

    from web import (
        account,
        addresses,
        compiled,
        datasets,
        decisions,
        desk,
        errors,
        exchange,
        formats,
        headers,
        home,
        identity,
        kept,
        markup,
        onward,
        organizations,
        pages_kept,
        participation,
        runs,
        schemas_pages,
        search,
        uploads,
        words,
    )
    from web.api import ckan, differences, dump, tables

    app = Flask(__name__)
    app.secret_key = site.settings.secret_key
    app.extensions["haidang"] = site
    for part in (compiled, kept, pages_kept, words, formats, markup, identity, addresses, headers, errors):
        part.init_app(app)
    account.init_app(app, outside=(ckan.bp, dump.bp, tables.bp, differences.bp, exchange.bp), large={uploads.bp.name: uploads.MAX_FORM})
    for subject in (home, search, datasets, organizations, schemas_pages, participation, runs, account, desk, decisions, onward, uploads, ckan, dump, tables, differences,
                    exchange):
        app.register_blueprint(subject.bp)
    return app
