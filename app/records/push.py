"""How a source stands with its hub, for its page."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PushRow:
    """What a feed offers by push (WebSub), and what came of it."""

    state: str  # none, asked, active, denied or lapsed
    hub: str
    topic: str
    is_wanted: bool
    is_proven: bool  # then pulls are no more than a proof, every two hours
    lease_until: datetime | None
    last_push_at: datetime | None
    proven_at: datetime | None
    pushes: int
    ignored: int  # without a right signature
    remark: str  # why it is not used, or what stands in the way; empty: nothing
