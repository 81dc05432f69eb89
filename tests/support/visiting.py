"""A reader of the site's pages, who always takes the whole answer and so leaves no file open."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from catalog.site import Site
from web import create_app


class Visitor(FlaskClient):
    """A test client that reads each answer to its end."""

    def open(self, *args: Any, **options: Any) -> Any:
        return super().open(*args, **{"buffered": True, **options})


def visitor(site: Site) -> Visitor:
    """A reader of the site."""
    app = create_app(site)
    app.test_client_class = Visitor
    return app.test_client()
