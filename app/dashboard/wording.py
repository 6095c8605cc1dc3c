"""What we call things: every enumerated value in words a reader knows, marked for translation with `_`."""

from typing import Final

from app.alerts.side_by_side import Place
from app.alerts.types import AlertState, DismissReason, HoldReason, Level, Sensitivity, TransitionKind
from app.records import Bucket, SubjectKind
from app.records.learning import ModelState
from app.records.radar import NotWanted, SuggestionState
from app.records.replays import ReplayState, Side
from app.records.scorecards import Span
from classifiers.radar_values import PassedOver
from classifiers.types import EmergenceKind
from signals.types import CopyKind, Release, Stakeholder


def _(words: str) -> str:
    """Marks a text for the translators; the page translates it when it is shown."""
    return words


LEVELS: Final = {
    Level.LOW: _("Low"),
    Level.MODERATE: _("Moderate"),
    Level.SERIOUS: _("Serious"),
    Level.CRITICAL: _("Critical"),
}

STATES: Final = {
    AlertState.RAISED: _("Waiting"),
    AlertState.ACKNOWLEDGED: _("Taken"),
    AlertState.HANDLED: _("Handled"),
    AlertState.DISMISSED: _("Dismissed"),
    AlertState.FADED: _("Faded"),
}

CHANGES: Final = {
    TransitionKind.RAISED: _("Raised"),
    TransitionKind.ESCALATED: _("More serious"),
    TransitionKind.UPDATED: _("Grew"),
    TransitionKind.ACKNOWLEDGED: _("Taken"),
    TransitionKind.HANDLED: _("Handled"),
    TransitionKind.DISMISSED: _("Dismissed"),
    TransitionKind.REOPENED: _("Reopened"),
    TransitionKind.FADED: _("Faded"),
}

REASONS: Final = {
    DismissReason.DUPLICATE: _("Duplicate of another alert"),
    DismissReason.WRONG_SUBJECT: _("Not about us or our subject"),
    DismissReason.NOT_RELEVANT: _("Not relevant"),
    DismissReason.OLD_NEWS: _("Old news"),
    DismissReason.BOILERPLATE: _("Boilerplate text"),
    DismissReason.ALREADY_HANDLED: _("Already handled"),
    DismissReason.TOO_LATE: _("Came too late"),
    DismissReason.OTHER: _("Another reason"),
}

KINDS: Final = {
    EmergenceKind.REPORT: _("Weighty report"),
    EmergenceKind.NOVEL_STORY: _("New story"),
    EmergenceKind.SURGE: _("Surge"),
    EmergenceKind.SLOW_RISE: _("Slow rise"),
    EmergenceKind.FROM_ZERO: _("No longer quiet"),
    EmergenceKind.NEW_TERM: _("New word"),
    EmergenceKind.SOURCE_SILENT: _("Source gone silent"),
    EmergenceKind.COVERAGE_LOST: _("Coverage lost"),
}

COUNTED: Final = {
    EmergenceKind.REPORT: _("weighty items"),
    EmergenceKind.NOVEL_STORY: _("independent publishers"),
    EmergenceKind.SOURCE_SILENT: _("items"),
    EmergenceKind.COVERAGE_LOST: _("of the items usually said"),
}

HOLDS: Final = {
    HoldReason.BUDGET: _("Held back by the budget"),
    HoldReason.FALSE_ALARMS: _("Enough false alarms"),
    HoldReason.BELOW_THRESHOLD: _("Below the threshold"),
    HoldReason.OFF_TOPIC: _("Off topic"),
    HoldReason.MUTED: _("Muted"),
    HoldReason.OLD_NEWS: _("Old news"),
    HoldReason.TOLD: _("Told already"),
    HoldReason.TOLD_ELSEWHERE: _("Told by another watch"),
    HoldReason.DECIDED: _("Decided before"),
}

FACTORS: Final = {
    "topic": _("Weight and strength of the topic"),
    "voices": _("Independent voices"),
    "reach": _("Reach of the best publisher"),
    "pace": _("Pace"),
    "corroboration": _("Corroboration"),
    "novelty": _("Novelty"),
    "priority": _("Priority of the watch"),
    "tone": _("Tone toward those it is about"),
    "silence": _("A priority source is not heard"),
    "tier": _("Tier of the source"),
    "loss": _("Coverage lost"),
}

MOST_POINTS: Final = {
    "topic": 40,
    "voices": 20,
    "reach": 10,
    "tone": 5,
    "pace": 10,
    "corroboration": 10,
    "novelty": 5,
    "priority": 5,
    "silence": 40,
    "tier": 15,
    "loss": 100,
}

STAKEHOLDERS: Final = {
    Stakeholder.MEDIA: _("Media"),
    Stakeholder.CUSTOMERS: _("Customers"),
    Stakeholder.EMPLOYEES: _("Employees"),
    Stakeholder.REGULATORS: _("Regulators"),
    Stakeholder.OWNERS: _("Owners"),
    Stakeholder.PARTNERS: _("Partners"),
    Stakeholder.COMMUNITY: _("Local community"),
    Stakeholder.ACTIVISTS: _("Activists"),
    Stakeholder.POLITICS: _("Politics"),
    Stakeholder.EXPERTS: _("Experts"),
}

COPIES: Final = {
    CopyKind.SAME: _("exact copy"),
    CopyKind.EDIT: _("edited version"),
    CopyKind.NEAR: _("near copy"),
    CopyKind.WIRE: _("wire copy"),
}

RELEASES: Final = {
    Release.OURS: _("our own release"),
    Release.REPRINT: _("print of our own release"),
}

SENSITIVITIES: Final = {
    Sensitivity.OPEN: _("Open"),
    Sensitivity.INTERNAL: _("Internal"),
    Sensitivity.RESTRICTED: _("Restricted"),
}

SENSITIVITY_MEANS: Final = {
    Sensitivity.OPEN: _("It is treated like anything said in public: shown, counted, and quoted in messages."),
    Sensitivity.INTERNAL: _("Everybody who signs in to Forkant can read it; messages say only that there is a tip."),
    Sensitivity.RESTRICTED: _("Only administrators and whoever answers for the matter see that it is there."),
}

TIERS: Final = {1: _("reaches far"), 2: _("reaches some"), 3: _("reaches few")}

LABEL_KINDS: Final = {"topic": _("topic"), "tone": _("tone"), "stakeholder": _("who speaks")}
# Toward the one that a signal is about: a word and a shape, never colour alone.
TONES: Final = {"negative": _("negative tone"), "neutral": _("neutral tone"), "positive": _("positive tone")}
TONE_SHAPES: Final = {"negative": "▼", "neutral": "■", "positive": "▲"}
VOICES: Final = {
    "customers": _("customers speak"),
    "employees": _("employees speak"),
    "regulators": _("authorities speak"),
    "politics": _("politicians speak"),
    "activists": _("activists speak"),
    "experts": _("experts speak"),
    "owners": _("owners speak"),
    "competitors": _("a competitor speaks"),
    "community": _("residents speak"),
}

SUBJECTS: Final = {
    SubjectKind.EVERYTHING: _("Everything"),
    SubjectKind.WATCH: _("Watch"),
    SubjectKind.TOPIC: _("Topic"),
    SubjectKind.SOURCE: _("Source"),
    SubjectKind.LANGUAGE: _("Language"),
}

SPANS: Final = {
    Span.WEEK: _("Week"),
    Span.MONTH: _("Month"),
    Span.QUARTER: _("Quarter"),
    Span.CUSTOM: _("Days of your choice"),
}

BUCKETS: Final = {Bucket.QUARTER: _("quarter of an hour"), Bucket.HOUR: _("hour"), Bucket.DAY: _("day")}

DELIVERIES: Final = {
    "queued": _("Waiting to be sent"),
    "sent": _("Delivered"),
    "dead": _("Given up"),
    "dropped": _("Not sent"),
}

OUTCOMES: Final = {
    "new": _("new items"),
    "unchanged": _("nothing new"),
    "failed": _("went wrong"),
    "pushed": _("pushed"),
}

MODEL_STATES: Final = {
    ModelState.CANDIDATE: _("Held back"),
    ModelState.SHADOW: _("In shadow"),
    ModelState.LIVE: _("In use"),
    ModelState.RETIRED: _("Retired"),
}

REPLAY_STATES: Final = {
    ReplayState.QUEUED: _("Waiting for a worker"),
    ReplayState.RUNNING: _("Being played"),
    ReplayState.DONE: _("Done"),
    ReplayState.FAILED: _("Failed"),
    ReplayState.CANCELLED: _("Called off"),
}

SUGGESTIONS: Final = {
    SuggestionState.OPEN: _("Waits for an answer"),
    SuggestionState.ACCEPTED: _("Became a watch"),
    SuggestionState.DISMISSED: _("Dismissed"),
}

NOT_WANTED: Final = {
    NotWanted.NOT_OURS: _("No concern of ours"),
    NotWanted.KNOWN: _("We follow it in another way"),
    NotWanted.TOO_WIDE: _("Too wide"),
    NotWanted.NO_SUBJECT: _("The word says nothing"),
    NotWanted.PERSON: _("It is about a private person"),
    NotWanted.OTHER: _("Another reason"),
}

PASSED_OVER: Final = {
    PassedOver.COVERED: _("a watch has a good part of it"),
    PassedOver.ANSWERED: _("asked lately"),
    PassedOver.PERSON: _("a person's name and no organisation with it"),
    PassedOver.WIDE: _("a country, a large city, a whole field"),
    PassedOver.NO_SUBJECT: _("no name and no telling word"),
    PassedOver.NOT_AT_RISK: _("touches no risk or opportunity"),
    PassedOver.FEW_SIGNALS: _("too few signals that no watch has"),
    PassedOver.NO_QUERY: _("no query finds it without bringing too much"),
    PassedOver.SAME: _("the same as a suggestion"),
    PassedOver.LIGHTER: _("others weigh more"),
}

SIDES: Final = {Side.LIVE: _("Live settings"), Side.DRAFT: _("Changed settings")}

PLACES: Final = {
    Place.BOTH: _("In both"),
    Place.ONLY_DRAFT: _("Only changed"),
    Place.ONLY_LIVE: _("Only live"),
}

SETTINGS: Final = {
    "name": _("Name"),
    "query": _("What must be said"),
    "languages": _("Languages"),
    "topics": _("Topics of interest"),
    "priority": _("Priority"),
    "alerts_per_day": _("Alerts a day, at most"),
}

# What a page says once after a change; the cookie carries only the code.
SAID: Final = {
    "acknowledged": _("Taken. It is yours now."),
    "handled": _("Marked as handled."),
    "dismissed": _("Dismissed. Thank you: the reason teaches Forkant."),
    "reopened": _("Reopened."),
    "story_merged": _("The stories are one now. What comes next joins it, and no rule takes them apart."),
    "story_split": _("The story is split. No rule joins the parts again."),
    "story_undone": _("Taken back."),
    "stage_set": _("Kept, with your name and reason."),
    "source_added": _("Listening to one more source. Its first visit is due now."),
    "list_added": _("The new sources are added. Their first visits are due now."),
    "source_changed": _("The source is changed."),
    "source_rested": _("Not listening to this source any more. What it said stays."),
    "source_woken": _("Listening again."),
    "watch_added": _("The watch is set. It matches what is said from now on."),
    "watch_changed": _("The watch is changed."),
    "watch_rested": _("The watch rests: it raises nothing until it is woken."),
    "watch_woken": _("The watch is awake."),
    "receiver_added": _("The receiver is added. Send a test to see that it works."),
    "receiver_changed": _("The receiver is changed."),
    "door_added": _("The inbound source is open."),
    "link_revoked": _("The link is revoked: it leads nowhere any more."),
    "judged": _("Thank you. It goes into the next model."),
    "withdrawn": _("Taken back: the next model will not know it."),
    "forgotten": _("All of it is taken back: the next model will not know it."),
    "promoted": _("The model is in use: it labels from the next signal on."),
    "rolled_back": _("The model before is in use again."),
    "raised_anyway": _("Raised in your name."),
    "suggestion_accepted": _("The watch is set, and the radar has learned from it."),
    "suggestion_dismissed": _("Dismissed. Nothing like it is suggested for 90 days."),
    "replay_asked": _("The question is put. It is answered as soon as a worker is free."),
    "replay_cancelled": _("The replay is called off."),
    "replay_removed": _("The replay is removed."),
    "signed_out": _("You are signed out."),
    "preferences": _("Kept."),
    "false_alarms_set": _("Kept. It holds from the next finding on."),
}

WAYS: Final = {  # why a written word counts as one of a query's
    "itself": _("as written"),
    "inflection": _("inflected"),
    "compound": _("compound"),
    "bridge": _("bokmål and nynorsk"),
    "beginning": _("begins so"),
    "end": _("ends so"),
}
