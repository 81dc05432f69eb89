"""The demonstration itself: a province to start with, found by the entry point `haidang.demo`.

`DEMO` makes the agencies' files, serves them on loopback, and loads the register, the commitments, the themes, the
sources and the site's words. Loading again changes nothing but what a new port changes.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from catalog import evidence
from catalog.models import Agency, Dataset, Known, Resource, Source, Theme
from catalog.site import Site, remember
from demo.province import DAY, sources
from demo.province import DEMO as FOLDER

THEMES = (
    ("y-te", "Y tế", "Health", "health"), ("giao-duc", "Giáo dục", "Education", "school"), ("moi-truong", "Môi trường", "Environment", "leaf"),
    ("giao-thong", "Giao thông", "Transport", "bus"), ("du-lich", "Du lịch", "Tourism", "sun"), ("nong-nghiep", "Nông nghiệp, thủy sản", "Farming and fishing", "fish"),
    ("cong-thuong", "Công Thương", "Industry and trade", "factory"), ("lao-dong", "Lao động, xã hội", "Labour and society", "people"),
    ("tai-chinh", "Tài chính, đầu tư", "Finance and investment", "coins"), ("xay-dung", "Xây dựng", "Construction", "crane"),
    ("van-hoa", "Văn hóa, thể thao", "Culture and sports", "star"), ("hanh-chinh", "Hành chính", "Administration", "scale"),
)
DECISION = {
    "vi": "Kế hoạch ban hành theo Quyết định 2704/QĐ-UBND ngày 27/10/2023 của Ủy ban nhân dân tỉnh",
    "en": "The plan of Decision 2704/QĐ-UBND of the provincial People's Committee, 27 October 2023",
}
FACTS = {
    "demo": True,
    "province_name": "Bà Rịa – Vũng Tàu",
    "site_title": "Bà Rịa – Vũng Tàu",
    "identity": {
        "tagline": {"vi": "Dữ liệu mở tỉnh Bà Rịa – Vũng Tàu", "en": "Open data of Bà Rịa – Vũng Tàu Province"},
        "official": {"vi": "Bản trình diễn với dữ liệu minh hoạ, không phải trang chính thức của tỉnh", "en": "A demonstration with made-up data, not the province's official site"},
        "story": {"vi": "Mang tên ngọn hải đăng Vũng Tàu, thắp sáng lần đầu năm 1862.", "en": "Named after the lighthouse of Vũng Tàu, first lit in 1862."},
        "operator": {"vi": "Sở Thông tin và Truyền thông", "en": "Department of Information and Communications"},
    },
    "target": {"percent": 100, "share": 100, "day": "2025-12-31", "basis": DECISION, "decision": DECISION,
               "words": {"vi": "100% cơ quan nhà nước của tỉnh tham gia mở dữ liệu và cung cấp dữ liệu mở phục vụ phát triển chính quyền số, kinh tế số, xã hội số",
                         "en": "100% of the province's agencies take part in opening data and provide open data for digital government, economy and society"}},
    "popular_searches": {"vi": ["cơ sở lưu trú", "trường học", "không khí", "nước biển bãi tắm", "xe buýt"], "en": ["co so luu tru", "truong hoc", "khong khi", "bai tam", "xe buyt"]},
}


@dataclass(frozen=True, slots=True)
class Demo:
    """A province to start with: Bà Rịa – Vũng Tàu as it was when the plan ran; its clock stands on `day`."""

    name: str = "Bà Rịa – Vũng Tàu"
    day: date = DAY

    def generate(self, folder: Path) -> bool:
        """Write the agencies' files into `folder`; False when they are there already."""
        from demo.generate import generate

        return generate(Path(folder))

    def serve(self, folder: Path, port: int) -> subprocess.Popen[bytes]:
        """Start the agencies' endpoints on loopback; the caller ends the process."""
        return subprocess.Popen([sys.executable, "-m", "demo.serve", "--port", str(port), "--folder", str(folder)])

    def load(self, site: Site, base_url: str) -> None:
        """Load themes, register, commitments, sources and the site's words; sources are at `base_url`."""
        from catalog.commitments import load_commitments
        from catalog.register import load_register

        now = site.clock.now()
        with site.writing() as session:
            _load_themes(session, now)
            load_register(session, FOLDER / "register.csv", now)
            load_commitments(session, FOLDER / "commitments.csv", now)
            _load_sources(session, base_url.rstrip("/"), now)
            for key, value in FACTS.items():
                remember(session, key, value)

    def history(self, site: Site) -> int:
        """Add the illustrative past of what was harvested; returns how many dated facts that is."""
        from demo.history import add_history

        with site.writing() as session:
            return add_history(session, site.clock.now())


DEMO = Demo()


def _load_themes(session: Session, now: datetime) -> None:
    known = {theme.name: theme for theme in session.scalars(select(Theme))}
    for position, (name, vi, en, icon) in enumerate(THEMES, start=1):
        theme = known.get(name) or Theme(name=name, created=now)
        theme.title_vi, theme.title_en, theme.icon, theme.position = vi, en, icon, position
        session.add(theme)


def _load_sources(session: Session, base: str, now: datetime) -> None:
    """Bring the sources to what `sources.toml` says; what somebody has set of a source's state and schedule stays."""
    agencies = dict(session.execute(select(Agency.slug, Agency.id)).all())
    known = {source.name: source for source in session.scalars(select(Source))}
    for wanted in sources():
        source = known.get(wanted.name)
        if source is None:
            source = Source(name=wanted.name, created=now, schedule=wanted.schedule, expectations={"minimum": wanted.minimum},
                            illustrative=wanted.illustrative, state="active", url=base + wanted.url)
            session.add(source)
        source.agency_id, source.connector, source.title, source.options = agencies[wanted.agency], wanted.connector, wanted.title, wanted.options
        before = source.url.removesuffix(wanted.url)
        source.url = base + wanted.url
        session.flush()
        if before != base:
            _move(session, source, before, base)
        evidence.record_source(session, source.id, now)


def _move(session: Session, source: Source, before: str, base: str) -> None:
    """The server got another port: what is known of a source's datasets and files goes on under the new address."""
    of_source = select(Dataset.id).where(Dataset.source_id == source.id)
    for column, which in ((Known.identifier, Known.source_id == source.id), (Dataset.identifier, Dataset.source_id == source.id),
                          (Resource.url, Resource.dataset_id.in_(of_source))):
        session.execute(update(column.class_).where(which, column.startswith(before + "/", autoescape=True))
                        .values({column.key: func.replace(column, before + "/", base + "/")}), execution_options={"synchronize_session": False})
