"""Accounts of a test: a system administrator, members of agencies, and somebody who belongs nowhere."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from catalog.accounts import add_account
from catalog.actions.context import Context
from catalog.actions.performing import perform
from catalog.models import Account
from catalog.site import Site
from support.publishing import call

# jane writes for Sở Y tế, lan leads it, minh only reads there; root may do everything, nam belongs nowhere.
ROLES = {"jane": "editor", "lan": "admin", "minh": "member"}


def people(site: Site) -> None:
    """The five accounts."""
    with site.writing() as session:
        for name in ("root", "jane", "lan", "minh", "nam"):
            add_account(session, name, site.clock.now(), email=f"{name}@x.vn", sysadmin=name == "root")
    for name, role in ROLES.items():
        call(site, "organization_member_create", user="tester", id="so-y-te", username=name, role=role)


def ask(site: Site, who: str | None, action: str, **data: Any) -> Any:
    """One action of an account, or of nobody, in a transaction of its own."""
    with site.writing() as session:
        account = session.scalar(select(Account).where(Account.name == who)) if who else None
        context = Context(site=site, session=session, user=who, account=account, may_write=account is not None and account.sysadmin)
        return perform(context, action, data)
