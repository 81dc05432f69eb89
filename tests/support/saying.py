"""What every issue owes its reader, whatever it is about."""

from __future__ import annotations

from string import Formatter

from sqlalchemy import func, select

from catalog.issues import Issue, Place, code, say
from catalog.models import IssueRow, RunRecord, Staged
from catalog.site import Site


def as_issue(row: IssueRow) -> Issue:
    return Issue(row.code, Place(**row.place), row.facts)


def assert_said_in_both_languages(issue: Issue) -> None:
    """What happened, how to mend it and who must act, without a gap where a fact should stand."""
    known = {**issue.place.to_dict(), **issue.facts}
    for language in ("vi", "en"):
        said, entry = say(issue, language), code(issue.code)
        assert said.what and said.mend and said.who
        for template in (getattr(entry, language), getattr(entry, f"{language}_mend")):
            for _, name, _, _ in Formatter().parse(template):
                assert name is None or known.get(name) not in (None, "", "…"), f"{issue.code}: nothing stands for {{{name}}}"


def assert_nothing_half_done(site: Site, runs: list[dict]) -> None:
    """No record is still staged, and what a run counts is what its lists hold."""
    with site.reading() as session:
        assert session.scalar(select(func.count()).select_from(Staged)) == 0
        for run in runs:
            records = session.scalar(select(func.count()).select_from(RunRecord).where(RunRecord.run_id == run["run"]))
            issues = session.scalar(select(func.count()).select_from(IssueRow).where(IssueRow.run_id == run["run"]))
            assert (records, issues) == (run["records"], sum(run["issues"].values()))
