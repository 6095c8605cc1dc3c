"""Every service, built once and handed to the doors."""

from dataclasses import dataclass

from app.config import Settings
from app.services.alerts import Alerts
from app.services.coverage import Coverages
from app.services.discovery import Discover, Discoveries
from app.services.health import Health
from app.services.held_back import HeldBack
from app.services.keys import Keys
from app.services.models import Models
from app.services.opml import SourceLists
from app.services.overviews import Overviews
from app.services.people import People
from app.services.previews import Previews
from app.services.pushes import Pushes
from app.services.queries import Queries
from app.services.radar import Suggestions
from app.services.readings import Labels, Readings
from app.services.receivers import Receivers, SendTest
from app.services.replays import Replays
from app.services.scorecards import Scorecards
from app.services.signals import Signals
from app.services.sources import Sources
from app.services.stories import Stories
from app.services.teaching import Teaching
from app.services.tips import Tips
from app.services.topics import Topics
from app.services.trends import Trends
from app.services.watches import Watches
from app.storage.database import Database


@dataclass(frozen=True, slots=True)
class Services:
    alerts: Alerts
    signals: Signals
    stories: Stories
    sources: Sources
    watches: Watches
    previews: Previews
    queries: Queries
    topics: Topics
    trends: Trends
    receivers: Receivers
    coverage: Coverages
    health: Health
    people: People
    keys: Keys
    overviews: Overviews
    discoveries: Discoveries
    source_lists: SourceLists
    pushes: Pushes
    tips: Tips
    teaching: Teaching
    models: Models
    readings: Readings
    replays: Replays
    radar: Suggestions
    held_back: HeldBack
    scorecards: Scorecards


def make_services(
    database: Database,
    settings: Settings,
    *,
    head: str = "",
    send_test: SendTest | None = None,
    discover: Discover | None = None,
    labels: Labels | None = None,
) -> Services:
    """`head`: the migration that this code needs; `send_test`, `discover`: what takes a way out to the world;
    `labels`: what takes a classifier."""
    topics = Topics()
    alerts = Alerts(database)
    coverage = Coverages(database)
    sources = Sources(database, settings.private_hosts, settings.kinds_on)
    watches = Watches(database, topics)
    return Services(
        alerts=alerts,
        signals=Signals(database),
        stories=Stories(database),
        sources=sources,
        watches=watches,
        previews=Previews(database, watches),
        queries=Queries(database, watches),
        replays=Replays(database, watches),
        radar=Suggestions(database, watches),
        held_back=HeldBack(database),
        topics=topics,
        trends=Trends(database, topics),
        receivers=Receivers(database, send_test, settings.private_hosts),
        coverage=coverage,
        health=Health(database, head),
        people=People(database),
        keys=Keys(database),
        overviews=Overviews(database, alerts, coverage, topics),
        discoveries=Discoveries(database, discover, settings.private_hosts),
        source_lists=SourceLists(sources),
        tips=Tips(database),
        teaching=Teaching(database),
        models=Models(database),
        readings=Readings(database, labels),
        scorecards=Scorecards(database),
        pushes=Pushes(database, which=settings.push, has_address=bool(settings.hub_base)),
    )
