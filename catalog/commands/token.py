"""`haidang token`: the right of programs to write through the API."""

from __future__ import annotations

import json

import click

from catalog.site import site_here


def add_to(group: click.Group) -> None:
    """Add the verbs of tokens to the command."""
    group.add_command(token)


@click.group()
def token() -> None:
    """Mã truy cập của chương trình · Tokens with which programs write through the API."""


@token.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="In JSON ra stdout · Print JSON alone on stdout.")
def add(name: str, as_json: bool) -> None:
    """Tạo mã truy cập mới; mã chỉ hiện một lần · Make a new token; it is shown this once only."""
    from catalog.tokens import add_token

    house = site_here()
    with house.writing() as session:
        made = add_token(session, name, house.clock.now())
    if as_json:
        click.echo(json.dumps({"id": made.id, "name": name, "token": made.secret}))
        return
    click.echo(made.secret)
    click.echo("Hãy cất mã này ngay; hệ thống không giữ lại và không hiện lần nữa.", err=True)
    click.echo("Keep this token now; it is not stored and will not be shown again.", err=True)


@token.command("list")
@click.option("--json", "as_json", is_flag=True, help="In JSON ra stdout · Print JSON alone on stdout.")
def list_tokens(as_json: bool) -> None:
    """Liệt kê các mã truy cập · List the tokens, without their secrets."""
    from catalog.tokens import tokens

    with site_here().reading() as session:
        rows = [
            {"id": row.id, "name": row.name, **{key: value.isoformat() if value else None for key, value in
             (("created", row.created), ("last_used", row.last_used), ("revoked", row.revoked_at))}}
            for row in tokens(session)
        ]
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        state = f"đã thu hồi (revoked) {row['revoked']}" if row["revoked"] else f"dùng lần cuối (last used) {row['last_used'] or '–'}"
        click.echo(f"{row['id']}  {row['name']}  {state}")


@token.command()
@click.argument("name_or_id")
@click.option("--json", "as_json", is_flag=True, help="In JSON ra stdout · Print JSON alone on stdout.")
def revoke(name_or_id: str, as_json: bool) -> None:
    """Thu hồi mã truy cập theo tên hoặc số hiệu · Revoke the tokens of that name, or the one of that id."""
    from catalog.tokens import revoke_tokens

    house = site_here()
    with house.writing() as session:
        count = revoke_tokens(session, name_or_id, house.clock.now())
    if as_json:
        click.echo(json.dumps({"revoked": count}))
    else:
        click.echo(f"Đã thu hồi {count} mã · {count} revoked")
