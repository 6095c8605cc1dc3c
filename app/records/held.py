"""What woke nobody, as far as a person may raise it anyway."""

from dataclasses import dataclass

from app.alerts.types import HoldReason, Severity
from classifiers.types import Emergence


@dataclass(frozen=True, slots=True)
class HeldFinding:
    """An emergence that was held back, locked, with what an alert of it would say."""

    emergence: Emergence  # about the story as it is merged by now
    severity: Severity
    hold: HoldReason | None
    title: str
    owner: str
    signals: int
    publishers: int
    living_alert_id: int | None  # an alert about the same lives already
