"""Who is told: an agency's contact, its lead, the platform's team; and what is for nobody outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from catalog.mail_server import is_address
from catalog.models import Agency, Dataset, Notice, NoticeDelivery
from catalog.settings import Settings

TEAM = "Đội vận hành nền tảng"
# A notice names its dataset: one that was never shown, is private or was purged is not talked of.
OPEN = or_(Notice.dataset_id.is_(None), Notice.dataset_id.in_(select(Dataset.id).where(~Dataset.private, Dataset.state != "draft")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """One address, how its holder is addressed, and as what: contact, lead or team."""

    address: str
    name: str
    role: str


class Audience:
    """Who is told what; knows the agencies and the team of one site at one moment."""

    def __init__(self, agencies: Mapping[str, Agency], settings: Settings) -> None:
        self._agencies = agencies
        self._settings = settings

    def receivers(self, notice: Notice, told: Sequence[NoticeDelivery] = ()) -> list[Receiver]:
        """Who is told this, each address once; nobody where no address is known. `told` is who was told of the fault that is over.

        What an agency cannot be told for want of an address is told the team.
        """
        agency = self._agencies.get(notice.agency_id or "")
        team = self._team()
        if notice.audience == "told":
            found = [Receiver(address=each.address, name=each.name, role=each.role) for each in told]
        elif notice.audience == "lead":
            found = _lead(agency) or team
        elif notice.audience == "team":
            found = team
        else:
            found = (_contact(agency) or team) + (team if notice.audience == "both" else [])
        return list({each.address.lower(): each for each in reversed(found)}.values())[::-1]

    def instead(self) -> list[Receiver]:
        """Who is told when an address was refused."""
        return self._team()

    def _team(self) -> list[Receiver]:
        address = self._settings.mail_team
        return [Receiver(address=address, name=TEAM, role="team")] if address else []


def audience(session: Session, settings: Settings) -> Audience:
    """Everybody who may be told something, in two questions."""
    return Audience({agency.id: agency for agency in session.scalars(select(Agency))}, settings)


def _contact(agency: Agency | None) -> list[Receiver]:
    """The mailbox for notices; else the public contact, where that is an address and nothing else."""
    if agency is None:
        return []
    for address in (agency.contact_email.strip(), agency.contact.strip()):
        if is_address(address):
            return [Receiver(address=address, name=agency.name_on().name_vi, role="contact")]
    return []


def _lead(agency: Agency | None) -> list[Receiver]:
    if agency is None or not is_address(agency.lead_email.strip()):
        return []
    return [Receiver(address=agency.lead_email.strip(), name=agency.lead_name.strip() or f"Lãnh đạo {agency.name_on().name_vi}", role="lead")]
