"""What we call how sources stand with us, hour by hour and in lists, marked for translation."""

from typing import Final

from app.dashboard.wording import _
from app.records import ListOutcome
from app.records.coverage import State

HEALTH: Final = {
    "failing": _("Failing"),
    "blocked": _("Blocked"),
    "silent": _("Silent"),
    "late": _("Late"),
    "new": _("New"),
    "heard": _("Heard"),
    "retired": _("Retired"),
}

HEALTH_MEANS: Final = {
    "failing": _("the last visits went wrong"),
    "blocked": _("it refuses to let us in"),
    "silent": _("it answers, but says less than it usually does"),
    "late": _("its visit is overdue"),
    "new": _("not heard yet"),
    "heard": _("as it should be"),
    "retired": _("it is gone for good"),
}

STATES_OF_HOURS: Final = {
    State.SEEN: _("heard"),
    State.QUIET: _("quiet"),
    State.SILENT: _("silent"),
    State.LATE: _("late"),
    State.FAILING: _("failing"),
    State.BLOCKED: _("blocked"),
    State.NOT_ASKED: _("not asked"),
}

STATES_OF_HOURS_MEAN: Final = {
    State.SEEN: _("it spoke, and we heard it"),
    State.QUIET: _("we listened, and it had nothing to say, as it well may"),
    State.SILENT: _("it answers, but says nothing for longer than is its way"),
    State.LATE: _("nobody visited it when it was due: our fault"),
    State.FAILING: _("visits go wrong"),
    State.BLOCKED: _("it refuses to let us in"),
    State.NOT_ASKED: _("nobody listened: Forkant was asleep or stopped"),
}

LIST_OUTCOMES: Final = {
    ListOutcome.NEW: _("new"),
    ListOutcome.KNOWN: _("already a source"),
    ListOutcome.REPEATED: _("twice in the list"),
    ListOutcome.REFUSED: _("cannot be used"),
}

# How a source stands with the hub that its feed names (WebSub).
PUSH: Final = {
    "none": _("Offered, not used"),
    "asked": _("Asked for"),
    "active": _("Subscribed"),
    "denied": _("Refused by the hub"),
    "lapsed": _("Run out"),
}
