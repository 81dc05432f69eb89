"""`haidang fixes`: what an agency has to mend, that which changes most first."""

from __future__ import annotations

import json
from typing import Any

import click

from catalog.commands.official_list import open_house


def add_to(group: click.Group) -> None:
    group.add_command(fixes)


@click.command()
@click.argument("agency")
@click.option("--json", "as_json", is_flag=True, help="In dạng JSON · Print JSON.")
@click.option("--lang", type=click.Choice(["vi", "en"]), default="vi", show_default=True, help="Ngôn ngữ · Language.")
def fixes(agency: str, as_json: bool, lang: str) -> None:
    """Việc cần sửa của một cơ quan, việc đổi được nhiều nhất đứng đầu · What an agency has to mend, that which changes most first.

    AGENCY là tên trong địa chỉ, như so-y-te · AGENCY is the name in addresses, such as so-y-te.
    """
    from sqlalchemy import select

    from catalog.errors import UsageError
    from catalog.fixes import ranked
    from catalog.models import Agency

    with open_house() as house, house.reading() as session:
        found = session.scalar(select(Agency).where(Agency.slug == agency))
        if found is None:
            raise UsageError(f"Không có cơ quan nào tên {agency} trong địa chỉ.", f"There is no agency named {agency}.")
        each = ranked(session, found, house.clock.today())
    if as_json:
        click.echo(json.dumps([_as_dict(fix) for fix in each], ensure_ascii=False, indent=2))
        return
    if not each:
        click.echo({"vi": "Không còn việc nào.", "en": "Nothing is left to do."}[lang])
    for number, fix in enumerate(each, start=1):
        said = fix.said(lang)
        gains = {"vi": f"hết {fix.errors} ô lỗi, {fix.back}/{fix.datasets} bộ hợp lệ trở lại, {len(fix.steps)} bước lấy lại được",
                 "en": f"clears {fix.errors} errors, {fix.back}/{fix.datasets} datasets valid again, {len(fix.steps)} steps regained"}[lang]
        click.echo(f"{number}. {said.what}\n   → {said.mend}\n   {gains} [{said.who} · {fix.example.code}]")


def _as_dict(fix: Any) -> dict[str, Any]:
    words = {language: fix.said(language) for language in ("vi", "en")}
    return {"code": fix.example.code, "who": fix.who, "errors": fix.errors, "datasets": fix.datasets, "datasets_valid_again": fix.back,
            "steps_regained": list(fix.steps), "examples": [name for name, _, _ in fix.named],
            **{language: f"{said.what} {said.mend}" for language, said in words.items()}}
