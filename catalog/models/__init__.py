"""The tables, by subject."""

from catalog.models.agency import Agency, AgencyName, Commitment, Exemption, Succession
from catalog.models.base import Base, new_id
from catalog.models.dataset import Change, Dataset, FileCheck, OldName, Resource, Theme, Version
from catalog.models.harvest import (
    HostTurn,
    IssueRow,
    Known,
    Run,
    RunPage,
    RunRecord,
    SkippedDue,
    Source,
    Staged,
    Worker,
)
from catalog.models.keeping import Archiving, LinkCheck, Removal, Trait
from catalog.models.notice import Notice, NoticeDelivery
from catalog.models.participation import Evidence
from catalog.models.site import ApiToken, SiteFact
from catalog.models.upload import UploadedFile

__all__ = [
    "Agency", "AgencyName", "ApiToken", "Archiving", "Base", "Change", "Commitment", "Dataset", "Evidence", "Exemption", "FileCheck", "HostTurn", "IssueRow",
    "Known", "LinkCheck", "Notice", "NoticeDelivery", "OldName", "Removal", "Resource", "Run", "RunPage", "RunRecord", "SiteFact", "SkippedDue", "Source", "Staged", "Succession", "Theme", "Trait", "UploadedFile", "Version", "Worker",
    "new_id",
]
