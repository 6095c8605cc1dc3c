"""What people are shown, may ask for and may set: frozen values that storage reads and services give."""

from app.records.access import ApiKey, Caller, NewKey, Person, Role, Scope, Sight, SignedIn, widened
from app.records.alerts import (
    AlertChange,
    AlertFilter,
    AlertFull,
    AlertPage,
    AlertRow,
    ChangePage,
    DeliveryRow,
    EmergenceRow,
)
from app.records.health import Check, Coverage, Readiness, Totals
from app.records.paging import Named, Page, Row
from app.records.push import PushRow
from app.records.receivers import ReceiverDraft, ReceiverRow, TestOutcome
from app.records.signals import Copies, SignalFilter, SignalFull, SignalRow, StoryFilter, StoryFull, StoryRow
from app.records.source_lists import FoundSource, FoundSources, ListedSource, ListOutcome, ListReport
from app.records.sources import PollRow, SourceDraft, SourceFilter, SourceRow
from app.records.tips import GivenTip, RefusedTip, Repeat, TakenTip, TipLink, TipOutcome, TipReport
from app.records.trends import Band, Bucket, Marker, Subject, SubjectKind, Trend, TrendPoint
from app.records.watches import TopicRow, WatchDraft, WatchRow

__all__ = [
    "AlertChange",
    "AlertFilter",
    "AlertFull",
    "AlertPage",
    "AlertRow",
    "ApiKey",
    "Band",
    "Bucket",
    "Caller",
    "ChangePage",
    "Check",
    "Copies",
    "Coverage",
    "DeliveryRow",
    "EmergenceRow",
    "FoundSource",
    "FoundSources",
    "GivenTip",
    "ListOutcome",
    "ListReport",
    "ListedSource",
    "Marker",
    "Named",
    "NewKey",
    "Page",
    "Person",
    "PollRow",
    "PushRow",
    "Readiness",
    "ReceiverDraft",
    "ReceiverRow",
    "RefusedTip",
    "Repeat",
    "Role",
    "Row",
    "Scope",
    "Sight",
    "SignalFilter",
    "SignalFull",
    "SignalRow",
    "SignedIn",
    "SourceDraft",
    "SourceFilter",
    "SourceRow",
    "StoryFilter",
    "StoryFull",
    "StoryRow",
    "Subject",
    "SubjectKind",
    "TakenTip",
    "TestOutcome",
    "TipLink",
    "TipOutcome",
    "TipReport",
    "TopicRow",
    "Totals",
    "Trend",
    "TrendPoint",
    "WatchDraft",
    "WatchRow",
    "widened",
]
