"""The verbs that the web adds to `haidang`."""

from __future__ import annotations

import click

from web.up import up


def register(group: click.Group) -> None:
    """Add the verbs of the web to `haidang`."""
    group.add_command(serve)
    group.add_command(up)
    group.add_command(mcp)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Địa chỉ lắng nghe · Address to listen at")
@click.option("--port", default=5000, show_default=True, type=click.IntRange(1, 65535), help="Cổng · Port")
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1, 64), help="Số tiến trình · Processes")
@click.option("--threads", default=16, show_default=True, type=click.IntRange(1, 256), help="Số luồng mỗi tiến trình · Threads in each process")
def serve(host: str, port: int, processes: int, threads: int) -> None:
    """Mở các trang và API cho tới khi dừng bằng Ctrl+C · Serve the pages and the API until stopped."""
    from catalog.site import site_here
    from web import create_app, serving

    place = serving.Place(host=host, port=port, processes=processes, threads=threads)
    site_here().engine.dispose()  # a store that is not ready is told at once, before any process forks
    serving.require_free(place)
    click.echo(f"Đang mở tại {place.url} · Serving at {place.url}", err=True)
    serving.serve(lambda: create_app(site_here()), place)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Địa chỉ lắng nghe · Address to listen at")
@click.option("--port", default=5001, show_default=True, type=click.IntRange(1, 65535), help="Cổng · Port")
def mcp(host: str, port: int) -> None:
    """Mở máy chủ MCP chỉ đọc cho trợ lý AI tới khi dừng bằng Ctrl+C · Serve the read-only MCP server for assistants until stopped."""
    import uvicorn

    from catalog.site import site_here
    from web import serving
    from web.mcp import make_app

    place = serving.Place(host=host, port=port)
    site = site_here()
    serving.require_free(place)
    click.echo(f"MCP: {place.url}mcp", err=True)
    uvicorn.run(make_app(site, host, port), host=host, port=port, log_level="warning", timeout_graceful_shutdown=5)
