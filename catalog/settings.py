"""The settings: environment variables `HAIDANG_…` and a `.env` file, read once into a frozen object."""

from __future__ import annotations

import os
import re
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

from catalog.errors import UsageError
from catalog.mail_server import is_address, mail_server
from catalog.schedules import Window, blackout_hours

# Every setting by name; a name that is not here stops the start, so that a typing error is never silent.
NAMES = {
    "HAIDANG_DATABASE_URL", "HAIDANG_STORAGE_URL", "HAIDANG_SECRET_KEY", "HAIDANG_SITE_URL",
    "HAIDANG_ALLOW_HOSTS", "HAIDANG_ALLOW_FOLDERS", "HAIDANG_VAR", "HAIDANG_EXECUTOR_ID", "HAIDANG_HOST_CALLS", "HAIDANG_HOST_INTERVAL",
    "HAIDANG_MAIL_URL", "HAIDANG_MAIL_FROM", "HAIDANG_MAIL_TEAM", "HAIDANG_WEBHOOK_URL", "HAIDANG_WEBHOOK_SECRET", "HAIDANG_ESCALATE_DAYS",
    "HAIDANG_BLACKOUT", "HAIDANG_JITTER_MINUTES", "HAIDANG_RUN_HOURS", "HAIDANG_KEEP_RUNS", "HAIDANG_KEEP_RECORDS",
    "HAIDANG_SHRINK_SHARE", "HAIDANG_SHRINK_COUNT", "HAIDANG_GRACE_DAYS", "HAIDANG_TABLE_CACHE",
    "HAIDANG_TEST_DATABASE_URL",  # read by the tests only
}
MIN_SECRET = 32
MIN_HOOK_SECRET = 16


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decided.

    var            folder of everything local: database, files, index, secret
    database_url   SQLAlchemy URL, SQLite or PostgreSQL (`postgresql+psycopg://…`)
    storage_url    `file:///folder` or `s3://bucket/prefix?endpoint=…`
    allow_hosts    hosts or host:port that may be reached although their address is private
    allow_folders  folders of this machine below which SQLite databases may be harvested
    executor_id    the stable name of this node's worker; unique among workers
    blackout       hours of the day (Vietnam) in which no schedule starts a run
    jitter_minutes by up to how many minutes the schedules of different sources are spread, always after the due minute
    run_hours      hours after which a run that still goes is ended
    keep_runs      days for which ended runs and ended notices are kept
    keep_records   days for which the unchanged records of a run are kept one by one
    host_calls     calls to one host at the same moment, of all workers together
    host_interval  seconds between two calls to one host, of all workers together; none for those in `allow_hosts`
    mail_url       the server that takes our mail (see `catalog.mail_server`); "" sends none
    mail_from      the address that mail comes from
    mail_team      the address of the platform's team: told what concerns no agency, and what an agency cannot be told
    webhook_url    where notices are posted, signed with `webhook_secret`; "" posts none
    escalate_days  days after which a source that is still down is told to the agency's lead
    shrink_share   a listing that lost more than this share of its datasets takes none off the site, and asks
    shrink_count   the same for a number of datasets
    grace_days     days that a dataset may be missing from its source before it is archived
    table_cache    megabytes that what is made of tables (to be asked, downloaded, compared) may take on this machine
    """

    var: Path
    database_url: str = field(repr=False)
    storage_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    site_url: str
    allow_hosts: tuple[str, ...] = ()
    executor_id: str = "worker-1"
    host_calls: int = 4
    host_interval: float = 0.05
    mail_url: str = field(default="", repr=False)
    mail_from: str = ""
    mail_team: str = ""
    webhook_url: str = field(default="", repr=False)
    webhook_secret: str = field(default="", repr=False)
    escalate_days: int = 7
    blackout: tuple[Window, ...] = ()
    jitter_minutes: int = 5
    run_hours: int = 6
    keep_runs: int = 365
    keep_records: int = 30
    shrink_share: float = 0.2
    shrink_count: int = 50
    grace_days: int = 7
    allow_folders: tuple[str, ...] = ()
    table_cache: int = 10_000


def load(environ: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """Read the settings; UsageError names a setting that is unknown or cannot be used."""
    folder = folder or Path.cwd()
    given = {k: v for k, v in {**dotenv_values(folder / ".env"), **(environ if environ is not None else os.environ)}.items()
             if k.startswith("HAIDANG_") and v is not None}
    unknown = sorted(set(given) - NAMES)
    if unknown:
        raise UsageError(
            f"Không có cài đặt nào tên {', '.join(unknown)}. Hãy sửa tên hoặc bỏ đi; các tên dùng được: {', '.join(sorted(NAMES))}.",
            f"There is no setting named {', '.join(unknown)}. Correct or remove it; known names: {', '.join(sorted(NAMES))}.",
        )
    var = Path(given.get("HAIDANG_VAR", folder / "var")).absolute()
    database_url = given.get("HAIDANG_DATABASE_URL") or f"sqlite:///{var / 'haidang.db'}"
    return Settings(
        var=var,
        database_url=database_url,
        storage_url=given.get("HAIDANG_STORAGE_URL") or f"file://{var / 'files'}",
        secret_key=_secret(given.get("HAIDANG_SECRET_KEY"), var),
        site_url=given.get("HAIDANG_SITE_URL", "").rstrip("/"),
        allow_hosts=tuple(h.strip().lower() for h in given.get("HAIDANG_ALLOW_HOSTS", "").split(",") if h.strip()),
        allow_folders=tuple(f.strip() for f in given.get("HAIDANG_ALLOW_FOLDERS", "").split(",") if f.strip()),
        executor_id=worker_name(given.get("HAIDANG_EXECUTOR_ID", "").strip() or _own_name(database_url)),
        blackout=blackout_hours(given.get("HAIDANG_BLACKOUT", "")),
        jitter_minutes=_whole(given, "HAIDANG_JITTER_MINUTES", 5, 0, 120),
        run_hours=_whole(given, "HAIDANG_RUN_HOURS", 6, 1, 168),
        keep_runs=_whole(given, "HAIDANG_KEEP_RUNS", 365, 7, 36_500),
        table_cache=_whole(given, "HAIDANG_TABLE_CACHE", 10_000, 100, 10_000_000),
        keep_records=_whole(given, "HAIDANG_KEEP_RECORDS", 30, 1, 36_500),
        **_manners(given), **_notices(given), **_removals(given),
    )


def worker_name(name: str) -> str:
    """A name that a worker may have; UsageError for one that could be neither shown nor a file's."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}", name):
        raise UsageError(f"Tên bộ chạy {name[:80]!r} chưa dùng được: hãy dùng chữ không dấu, số, dấu chấm và gạch nối, tối đa 60 ký tự.",
                         f"A worker cannot be named {name[:80]!r}: letters, digits, full stops and hyphens, at most 60.")
    return name


def _own_name(database_url: str) -> str:
    """The worker's name where none is given: one of its own for each machine where several may share a database."""
    if not database_url.startswith("postgres"):
        return "worker-1"
    return re.sub(r"[^A-Za-z0-9.-]", "-", socket.gethostname()).strip(".-")[:60] or "worker-1"


def _whole(given: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    """A setting that is a whole number; UsageError when it is none, or out of bounds."""
    text = given.get(name, "").strip() or str(default)
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and least <= int(text) <= most):
        raise UsageError(f"{name} phải là số nguyên từ {least} đến {most}.", f"{name} must be a whole number from {least} to {most}.")
    return int(text)


def _manners(given: Mapping[str, str]) -> dict[str, Any]:
    """How other people's servers are called; UsageError for what is no number or no manner."""
    try:
        seconds = float(given.get("HAIDANG_HOST_INTERVAL", "0.05").strip())
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 60:
        raise UsageError("HAIDANG_HOST_INTERVAL phải là số giây từ 0 đến 60, ví dụ 0.5.",
                         "HAIDANG_HOST_INTERVAL must be a number of seconds from 0 to 60, such as 0.5.")
    return {"host_calls": _whole(given, "HAIDANG_HOST_CALLS", 4, 1, 32), "host_interval": seconds}


def _notices(given: Mapping[str, str]) -> dict[str, Any]:
    """How notices travel; UsageError for what could never work, said without a secret."""
    url, hook, secret = (given.get(f"HAIDANG_{name}", "").strip() for name in ("MAIL_URL", "WEBHOOK_URL", "WEBHOOK_SECRET"))
    sender, team = given.get("HAIDANG_MAIL_FROM", "").strip(), given.get("HAIDANG_MAIL_TEAM", "").strip()
    if url:
        user = mail_server(url).user
        sender = sender or (user if is_address(user) else "")
    for name, value in (("HAIDANG_MAIL_FROM", sender), ("HAIDANG_MAIL_TEAM", team)):
        if (value or (url and name == "HAIDANG_MAIL_FROM")) and not is_address(value):
            raise UsageError(f"{name} phải là một địa chỉ thư, ví dụ dulieu@tinh.gov.vn.", f"{name} must be a mail address such as dulieu@tinh.gov.vn.")
    if hook and not hook.startswith(("https://", "http://")):
        raise UsageError("HAIDANG_WEBHOOK_URL phải bắt đầu bằng https:// hoặc http://.", "HAIDANG_WEBHOOK_URL must begin with https:// or http://.")
    if hook and len(secret) < MIN_HOOK_SECRET:
        raise UsageError(f"HAIDANG_WEBHOOK_SECRET cần ít nhất {MIN_HOOK_SECRET} ký tự để ký thông báo.",
                         f"HAIDANG_WEBHOOK_SECRET needs at least {MIN_HOOK_SECRET} characters to sign notices with.")
    return {"mail_url": url, "mail_from": sender, "mail_team": team, "webhook_url": hook, "webhook_secret": secret,
            "escalate_days": _whole(given, "HAIDANG_ESCALATE_DAYS", 7, 1, 366)}


def _removals(given: Mapping[str, str]) -> dict[str, Any]:
    """How much a source may lose, and for how long, before something is taken off the site."""
    share = given.get("HAIDANG_SHRINK_SHARE", "0.2").strip()
    try:
        fits = 0 <= float(share) <= 1
    except ValueError:
        fits = False
    if not fits:
        raise UsageError("HAIDANG_SHRINK_SHARE phải là một số từ 0 đến 1, ví dụ 0.2.", "HAIDANG_SHRINK_SHARE must be a number from 0 to 1 such as 0.2.")
    return {"shrink_share": float(share), "shrink_count": _whole(given, "HAIDANG_SHRINK_COUNT", 50, 0, 999_999),
            "grace_days": _whole(given, "HAIDANG_GRACE_DAYS", 7, 0, 36_500)}


def _secret(given: str | None, var: Path) -> str:
    """The given key, or the one made on first start and kept in `var/secret` (mode 600)."""
    if given is not None:
        if len(given) < MIN_SECRET or len(set(given)) < 8:
            raise UsageError(
                f"HAIDANG_SECRET_KEY quá yếu: cần ít nhất {MIN_SECRET} ký tự ngẫu nhiên. Bỏ cài đặt này để hệ thống tự tạo khóa.",
                f"HAIDANG_SECRET_KEY is too weak: at least {MIN_SECRET} random characters. Leave it out and one is made for you.",
            )
        return given
    path = var / "secret"
    var.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()
