"""Alembic's entry: migrates the engine that `catalog.db` hands over."""

from alembic import context

from catalog.models import Base
from catalog.models.base import Json, Moment


def render(kind, item, _autogen):
    """Write our own column types by their short names, without the arguments of what they wrap."""
    return f"{type(item).__name__}()" if kind == "type" and isinstance(item, (Json, Moment)) else False


with context.config.attributes["engine"].connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=True,
                      render_item=render)
    with context.begin_transaction():
        context.run_migrations()
