"""What people say of an alert by the way they close it: useful, not useful, or nothing.

| closed as | says |
|---|---|
| handled | useful |
| dismissed: wrong subject, not relevant, old news, boilerplate, too late, other | not useful |
| dismissed: duplicate, already handled | nothing: it was right, and somebody knew |
| faded, or still open | nothing: nobody judged it |
"""

from typing import Final

from app.alerts.types import AlertState, DismissReason

SAY_NOTHING: Final = frozenset({DismissReason.DUPLICATE, DismissReason.ALREADY_HANDLED})


def is_useful(state: AlertState, reason: DismissReason | None) -> bool | None:
    """None: nobody has said.

    >>> is_useful(AlertState.HANDLED, None), is_useful(AlertState.DISMISSED, DismissReason.OLD_NEWS)
    (True, False)
    """
    if state is AlertState.HANDLED:
        return True
    return False if state is AlertState.DISMISSED and reason and reason not in SAY_NOTHING else None
