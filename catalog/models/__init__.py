"""The tables, by subject."""

from catalog.models.account import Account, Activity, Collaborator, Following, Member
from catalog.models.agency import Agency, AgencyName, Commitment, Exemption, Succession
from catalog.models.base import Base, new_id
from catalog.models.dataset import Change, Dataset, FileCheck, OldName, Resource, Theme, Version
from catalog.models.decision import ColumnDecision
from catalog.models.described import Relationship, ResourceView, Vocabulary
from catalog.models.desk import Preview, SignIn, SignInFailure
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
from catalog.models.onward import Onward, OnwardRemoval, OnwardRun, Target
from catalog.models.participation import Evidence
from catalog.models.reading import RememberedColumn, RememberedLayout
from catalog.models.site import ApiToken, SiteFact
from catalog.models.upload import UploadDraft, UploadedFile

__all__ = [
    "Account", "Activity", "Agency", "AgencyName", "ApiToken", "Archiving", "Base", "Change", "Collaborator", "ColumnDecision", "Commitment", "Dataset", "Evidence", "Exemption", "FileCheck",
    "Following", "HostTurn", "IssueRow", "Known", "LinkCheck", "Member", "Notice", "NoticeDelivery", "OldName", "Onward", "OnwardRemoval", "OnwardRun", "Relationship",
    "RememberedColumn", "RememberedLayout", "Removal", "Resource", "ResourceView",
    "Run", "RunPage", "RunRecord", "SiteFact", "SkippedDue", "Source", "Staged", "Succession", "Target", "Theme", "Trait", "UploadDraft", "UploadedFile", "Version", "Vocabulary", "Worker",
    "Preview", "SignIn", "SignInFailure", "new_id",
]
