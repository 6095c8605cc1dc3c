"""What people said of alerts or items: useful or not, as a file of JSON Lines."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from app.commands.files import UnusableArgumentError, say


@dataclass(frozen=True, slots=True)
class Feedback:
    """Judgements by the id of an item or of an alert."""

    items: Mapping[str, bool]
    alerts: Mapping[str, bool]

    def of(self, alert_id: str, item_ids: Sequence[str]) -> bool | None:
        """An alert is useful if it was called so, or any of its items was; None: nobody said."""
        if alert_id in self.alerts:
            return self.alerts[alert_id]
        said = [self.items[key] for key in item_ids if key in self.items]
        return any(said) if said else None

    def precision(self, alerts: Mapping[str, Sequence[str]]) -> str:
        """One sentence on the share of judged alerts that were useful. `alerts`: id -> ids of its items."""
        judged = [said for key, items in alerts.items() if (said := self.of(key, items)) is not None]
        if not judged:
            return "None of the alerts was judged in the feedback."
        share = f"{sum(judged) / len(judged):.0%}"
        return (
            f"Useful: {sum(judged)} of {len(judged)} judged alerts ({share}); {len(alerts) - len(judged)} not judged."
        )


def read_feedback(path: Path, console: Console) -> Feedback:
    """Bad lines are told and passed over."""
    items: dict[str, bool] = {}
    alerts: dict[str, bool] = {}
    try:
        lines = path.read_text("utf-8", errors="replace").splitlines()
    except OSError as reason:
        raise UnusableArgumentError(f"{path} cannot be read: {reason.strerror}.") from None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            given = json.loads(line)
        except ValueError:
            given = None
        if not isinstance(given, dict) or not isinstance(given.get("useful"), bool) or not {"id", "alert"} & set(given):
            say(console, f"feedback line {number}: needs useful (true or false) and id or alert")
        elif "alert" in given:
            alerts[str(given["alert"])] = given["useful"]
        else:
            items[str(given["id"])] = given["useful"]
    return Feedback(items, alerts)
