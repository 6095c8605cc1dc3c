"""What we call what happens to stories: stages, proposals, outlooks, merges and splits, marked for translation."""

from typing import Final

from app.dashboard.wording import _
from app.records import StageChangeKind, StoryChangeKind
from classifiers.lifecycle import Reason, Stage
from signals.outlook import Outlook
from signals.outlook import Reason as OutlookReason

STAGES: Final = {
    Stage.POTENTIAL: _("Potential"),
    Stage.EMERGING: _("Emerging"),
    Stage.CURRENT: _("Current"),
    Stage.CRISIS: _("Crisis"),
    Stage.DORMANT: _("Dormant"),
    Stage.PARACRISIS: _("Paracrisis"),
    Stage.OPPORTUNITY: _("Opportunity"),
}

STAGES_MEAN: Final = {
    Stage.POTENTIAL: _("it may come to something"),
    Stage.EMERGING: _("others take it up, or it is grave"),
    Stage.CURRENT: _("it is an issue now"),
    Stage.CRISIS: _("the crisis team answers"),
    Stage.DORMANT: _("nothing comes any more; it may come back"),
    Stage.PARACRISIS: _("a charge in public: answer in public, no crisis team"),
    Stage.OPPORTUNITY: _("good news to build on"),
}

STAGE_CHANGES: Final = {
    StageChangeKind.OPENED: _("Begun"),
    StageChangeKind.PROPOSED: _("Proposed"),
    StageChangeKind.WITHDRAWN: _("No longer proposed"),
    StageChangeKind.ACCEPTED: _("Accepted"),
    StageChangeKind.SET: _("Set"),
    StageChangeKind.DECLINED: _("Declined"),
}

STORY_CHANGES: Final = {StoryChangeKind.MERGE: _("Merged"), StoryChangeKind.SPLIT: _("Split")}

_STAGE_REASONS: Final = {
    "voices_lately": _("voices within a day: {}"),
    "tier": _("best publisher: tier {}"),
    "severity": _("severity {}"),
    "threat": _("weight of the threat {}"),
    "opportunity": _("weight of the good news {}"),
    "public": _("signals from the public itself: {}"),
    "silent": _("nothing for {} h"),
    "growing": _("chance to grow within the hour {}"),
}


def stage_reason(reason: Reason) -> str:
    """One fact that spoke for a stage, as a person would say it."""
    return _STAGE_REASONS.get(reason.name, reason.name + " {}").format(f"{reason.value:g}")


OUTLOOKS: Final = {
    Outlook.FADING: _("Fading"),
    Outlook.HOLDING: _("Holding"),
    Outlook.GROWING: _("Growing"),
}

# Of so many outlooks like this one, so large a share came true.
TRACKS: Final = {
    Outlook.FADING: _("of %(count)s such outlooks %(share)s faded"),
    Outlook.HOLDING: _("of %(count)s such outlooks %(share)s held"),
    Outlook.GROWING: _("of %(count)s such outlooks %(share)s grew"),
}

CAME: Final = {
    "": _("not known yet"),
    "fading": _("it faded"),
    "holding": _("it held"),
    "growing": _("it grew"),
    "unheard": _("nobody listened"),
}

OUTLOOK_REASONS: Final = {
    OutlookReason.MANY_VOICES: _("several voices tell it"),
    OutlookReason.ONE_VOICE: _("one voice tells it"),
    OutlookReason.QUICK: _("signals come close upon each other"),
    OutlookReason.SLOW: _("signals come far apart"),
    OutlookReason.JUST_NOW: _("the latest has just come"),
    OutlookReason.QUIET_FOR_A_WHILE: _("it has been quiet for a while"),
    OutlookReason.GAINING: _("more in this hour than in the one before"),
    OutlookReason.LOSING: _("less in this hour than in the one before"),
    OutlookReason.YOUNG: _("it is young"),
    OutlookReason.OLD: _("it is old"),
    OutlookReason.MOSTLY_COPIES: _("most of it is copies"),
    OutlookReason.OWN_WORDS: _("most of it is in words of their own"),
    OutlookReason.NOVEL: _("it is unlike all before"),
    OutlookReason.WELL_KNOWN: _("it is much like what was told before"),
    OutlookReason.EARLY_TELLERS: _("what these publishers tell first often grows"),
    OutlookReason.RARE_TELLERS: _("what these publishers tell first seldom grows"),
    OutlookReason.LARGE: _("it is large already"),
    OutlookReason.SMALL: _("it is small"),
}
