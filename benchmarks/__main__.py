"""`PYTHONPATH=tests python -m benchmarks [--answers FILE]`: print every figure, each with its database."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from support import postgres

from benchmarks import harvesting, history, pages, scale, serving, tables, validation, workbook
from catalog.commands.database import migrate
from catalog.settings import Settings
from catalog.site import Site, open_site


@contextmanager
def fresh_site(kind: str, server: str | None) -> Iterator[Site]:
    """An empty site of its own on SQLite or PostgreSQL."""
    with TemporaryDirectory(prefix="haidang-bench-") as folder, ExitStack() as stack:
        url = f"sqlite:///{folder}/haidang.db" if server is None else stack.enter_context(postgres.database(server))
        settings = Settings(var=Path(folder), database_url=url, storage_url=f"file://{folder}/files", secret_key="a benchmark keeps no secrets, 0123456789",
                            site_url="http://127.0.0.1", allow_hosts=("127.0.0.1",))
        migrate(settings)
        site = open_site(settings)
        yield site
        site.engine.dispose()


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=Path, help="a recorded package_search answer to harvest instead of made-up datasets")
    parser.add_argument("--only", choices=["harvest", "pages", "history", "scale", "serving", "tables", "validation", "workbook"], help="only these figures")
    parser.add_argument("--quick", action="store_true", help="a tenth of the datasets, runs and rows")
    parser.add_argument("--full", action="store_true", help="a million datasets and 20 million rows for scale, instead of a twentieth of them")
    asked = parser.parse_args()
    share = 1.0 if asked.full else 0.005 if asked.quick else 0.05
    if asked.only in (None, "validation"):
        validation.bench(quick=asked.quick)
    if asked.only in (None, "workbook"):
        workbook.bench(quick=asked.quick)
    if asked.only in ("validation", "workbook"):
        return
    if asked.only in (None, "scale"):
        scale.bench_table(share=share)
    with postgres.server() as server:
        for kind, url in (("SQLite", None), ("PostgreSQL", server)):
            if asked.only in (None, "harvest"):
                harvesting.bench(lambda kind=kind, url=url: fresh_site(kind, url), kind, asked.answers, quick=asked.quick)
            for name, bench in (("pages", pages.bench), ("tables", tables.bench), ("history", partial(history.bench, share=0.1 if asked.quick else 1.0)),
                                ("serving", partial(serving.bench, quick=asked.quick)), ("scale", partial(scale.bench, share=share))):
                if asked.only in (None, name):
                    with fresh_site(kind, url) as site:
                        bench(site, kind)


if __name__ == "__main__":
    main()
