"""Ways of telling, one file each, one line here for each."""

from importlib.metadata import entry_points

from app.notifiers.slack import SlackNotifier
from app.notifiers.types import Notifier
from app.notifiers.webhook import WebhookNotifier

NOTIFIERS: dict[str, Notifier] = {
    notifier.kind: notifier
    for notifier in (
        SlackNotifier(),
        WebhookNotifier(),
        *(entry.load()() for entry in entry_points(group="forkant.notifiers")),
    )
}

__all__ = ["NOTIFIERS"]
