"""`haidang user`: accounts of people and programs, and what they may do in which agency."""

from __future__ import annotations

import json

import click

from catalog.site import site_here

ROLES = ("admin", "editor", "member")


def add_to(group: click.Group) -> None:
    """Add the verbs of accounts to the command."""
    group.add_command(user)


@click.group()
def user() -> None:
    """Tài khoản của người dùng và chương trình · Accounts of people and programs."""


@user.command()
@click.argument("name")
@click.option("--email", default="", help="Địa chỉ thư, không công bố · The address, shown to nobody else.")
@click.option("--fullname", default="", help="Họ tên · What the user is called.")
@click.option("--sysadmin", is_flag=True, help="Được làm mọi việc · May do everything.")
@click.option("--agency", "places", multiple=True, metavar="NAME[:ROLE]",
              help="Cơ quan và vai trò (admin, editor, member) · An agency and a role there; editor where none is said.")
@click.option("--json", "as_json", is_flag=True, help="In JSON ra stdout · Print JSON alone on stdout.")
def add(name: str, email: str, fullname: str, sysadmin: bool, places: tuple[str, ...], as_json: bool) -> None:  # noqa: PLR0913 - options of a command
    """Tạo tài khoản, kèm mã truy cập chỉ hiện một lần · Make an account with a token, which is shown this once only."""
    from catalog.accounts import add_account, join
    from catalog.tokens import add_token

    house = site_here()
    with house.writing() as session:
        account = add_account(session, name, house.clock.now(), email=email, sysadmin=sysadmin)
        account.fullname = fullname or None
        for place in places:
            agency, _, role = place.partition(":")
            join(session, account, agency, role or "editor", house.clock.now())
        made = add_token(session, name, house.clock.now(), account_id=account.id)
    if as_json:
        click.echo(json.dumps({"id": account.id, "name": name, "token": made.secret}))
        return
    click.echo(made.secret)
    click.echo("Hãy cất mã này ngay; hệ thống không giữ lại và không hiện lần nữa.", err=True)
    click.echo("Keep this token now; it is not stored and will not be shown again.", err=True)


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="In JSON ra stdout · Print JSON alone on stdout.")
def list_users(as_json: bool) -> None:
    """Liệt kê tài khoản · List the accounts with their agencies."""
    from catalog.accounts import listed

    with site_here().reading() as session:
        rows = listed(session)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        places = ", ".join(f"{place} ({role})" for place, role in row["agencies"].items())
        click.echo(f"{row['name']}  {row['fullname'] or ''}  {'sysadmin' if row['sysadmin'] else places or '–'}  {row['state']}")
