"""The page of participation: today, a past day, the list, and its machine forms."""

import csv
import io
import json
from datetime import date, timedelta

import pytest
from support.participating import add_agency, add_dataset, at, promise
from support.visiting import visitor

from catalog.evidence import record_dataset
from catalog.participation import Forecast
from catalog.site import remember
from web.identity import Target
from web.participation import chart

DAY = date(2024, 9, 30)


@pytest.fixture
def client(site):
    with site.writing() as session:
        first = add_agency(session, "so-yt", position=1)
        district = add_agency(session, "ubnd-a", position=2, level="district")
        promise(session, first, "benh-vien", DAY)
        for day in (DAY - timedelta(days=200), DAY - timedelta(days=20)):
            record_dataset(session, add_dataset(session, first, f"bo-{day}", day, frequency="annual"), at(day))
        record_dataset(session, add_dataset(session, district, "quan", DAY, license_id="cc-nc", title="<b>Quận</b>"), at(DAY))
        remember(session, "target", {"percent": 100, "day": "2025-12-31", "basis": "Quyết định thử", "words": {"vi": "Mọi cơ quan"}})
    return visitor(site)


def page(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.get_data(as_text=True)


def test_the_page_says_the_figure_its_parts_and_the_next_step(client):
    text = page(client, "/participation")
    for words in ("50%", "1 trong 2", "Cơ quan so-yt", "31/12/2025", "Quyết định thử", "Mọi cơ quan", "Quy tắc bản 1", "chưa phải giấy phép mở",
                  "Cơ quan nguồn", "Chưa tham gia: 1 cơ quan", 'id="ubnd-a"', "<svg class=\"chart trend\""):
        assert words in text, words
    assert "<b>Quận</b>" not in text and "style=" not in text


def test_the_page_reads_in_english(client):
    text = page(client, "/participation?lang=en")
    for words in ("1 of 2", "Agency so-yt", "is not an open one", "The agency at the source", "Where this number comes from"):
        assert words in text, words


def test_a_past_day_keeps_its_address_and_its_figure(client):
    text = page(client, f"/participation?as_of={(DAY - timedelta(days=201)).isoformat()}")
    assert "0 trong 2" in text and "đã mở dữ liệu" in text
    assert "Chưa tính được" in page(client, "/participation?as_of=2020-01-01")


@pytest.mark.parametrize(("given", "said"), [("hôm nay", "hôm nay"), ("2024-13-01", "2024-13-01"), ("2099-01-01", "chưa đến"), ("<i>", "&lt;i&gt;")])
def test_a_day_that_cannot_be_shown_is_said_and_today_is_shown(client, given, said):
    text = page(client, f"/participation?as_of={given}")
    assert said in text and "1 trong 2" in text


def test_the_list_is_filtered_by_the_server(client):
    assert 'id="ubnd-a"' in page(client, "/participation?nhom=chua") and 'id="so-yt"' not in page(client, "/participation?nhom=chua")
    assert 'id="so-yt"' not in page(client, "/participation?nhom=district")
    assert 'id="so-yt"' in page(client, "/participation?nhom=la")


def test_the_machine_forms_hold_the_same_figure(client):
    answer = client.get("/participation.csv")
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert [(row["co_quan"], row["duoc_tinh"]) for row in rows] == [("so-yt", "true"), ("ubnd-a", "false")]
    shape = json.loads(client.get(f"/participation.json?as_of={DAY - timedelta(days=201)}").get_data())
    assert (shape["as_of"], shape["fraction"]) == ((DAY - timedelta(days=201)).isoformat(), "0/2")


def test_every_change_of_a_year_is_listed_with_its_day(client):
    text = page(client, "/participation/changes?year=2024")
    assert "được tính" in text and (DAY - timedelta(days=200)).isoformat() in text
    page(client, "/participation/changes?year=1")


def test_an_empty_site_says_that_there_is_no_share_yet(site):
    assert "Chưa tính được" in page(visitor(site), "/participation")


@pytest.mark.parametrize("frame", [chart.LARGE, chart.SMALL])
@pytest.mark.parametrize("ahead", [
    None, Forecast(reached=date(2025, 4, 1), earliest=date(2025, 1, 1), latest=date(2025, 9, 1), monthly=1.0),
    Forecast(reached=date(2029, 4, 1), earliest=date(2025, 1, 1), latest=None, monthly=0.1),
])
def test_everything_is_drawn_inside_the_frame(frame, ahead):
    points = [(date(2023, 10, 31), 3, 29), (date(2024, 3, 31), 9, 29), (DAY, 19, 29)]
    for target in (None, Target(percent=100, day=date(2025, 12, 31), basis="", url="")):
        drawing = chart.draw(points, target, ahead, frame)
        drawn = " ".join((drawing.line, drawing.need, drawing.ahead, drawing.band)).split()
        assert all(0 <= x <= frame.width and 0 <= y <= frame.height for x, y in (map(float, point.split(",")) for point in drawn))
        xs = [x for x, _ in drawing.ticks]
        assert all(after - before >= frame.apart for before, after in zip(xs, xs[1:], strict=False))
