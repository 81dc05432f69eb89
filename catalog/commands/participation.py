"""`haidang participation`: the figure, recomputed for any day."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime
from typing import Any

import click

from catalog.commands.official_list import open_house


def add_to(group: click.Group) -> None:
    group.add_command(participation)


@click.command()
@click.option("--as-of", "as_of", type=click.DateTime(["%Y-%m-%d"]), help="Ngày cần xem lại, YYYY-MM-DD · The day to recompute.")
@click.option("--json", "as_json", is_flag=True, help="In dạng JSON · Print JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="In dạng CSV, mỗi cơ quan một dòng · Print CSV, a row for each agency.")
def participation(as_of: datetime | None, as_json: bool, as_csv: bool) -> None:
    """Mức độ tham gia mở dữ liệu của các cơ quan, vào hôm nay hoặc một ngày đã qua ·
    The share of agencies that take part in opening data, today or on any past day.
    """
    from catalog.participation import participation as compute
    from catalog.participation.shape import as_dict, csv_rows

    if as_json and as_csv:
        raise click.UsageError("Chọn --json hoặc --csv. / Choose --json or --csv.")
    with open_house() as house, house.reading() as session:
        today = house.clock.today()
        day = as_of.date() if as_of else today
        figure = compute(session, day)
    if day > today:
        click.echo(f"Chưa đến ngày {day:%d/%m/%Y}: con số cho biết điều sẽ xảy ra nếu từ {today:%d/%m/%Y} không ai làm gì thêm.\n"
                   f"{day:%d/%m/%Y} has not come yet: the figure is what will be if nobody does anything from {today:%d/%m/%Y} on.", err=True)
    if as_json:
        click.echo(json.dumps({**as_dict(figure), "projected": day > today}, ensure_ascii=False, indent=2))
    elif as_csv:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(csv_rows(figure))
        click.echo(text.getvalue(), nl=False)
    else:
        _say(figure, day)


def _say(figure: Any, day: date) -> None:
    share = "–" if figure.percent is None else f"{figure.percent:.1f}".replace(".", ",") + "%"
    click.echo(f"{share}: {figure.counted} trong {figure.total} cơ quan tham gia mở dữ liệu, tính đến hết ngày {day.strftime('%d/%m/%Y')} (quy tắc bản {figure.rule_version}).")
    for agency in figure.agencies:
        trouble = agency.trouble
        said = trouble.said("vi") if trouble is not None else None
        mark = "miễn" if agency.exempt else "có" if agency.counts else "chưa"
        states = " ".join(f"{step.state:<5}" for step in agency.steps)
        click.echo(f"  {mark:<5} {states} {agency.names['vi']}" + (f" – {said.what} {said.mend} [{said.who}]" if said and not agency.counts else ""))
