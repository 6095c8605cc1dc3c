"""The demo's stage set: settings of its own, an emptied database, sources, watches and receivers."""

import socket
from dataclasses import replace
from datetime import datetime

from sqlalchemy import text

from app.bootstrap import prepare
from app.config import Settings
from app.demo.outlets import Outlets
from app.demo.receivers import RECEIVERS
from app.demo.values import Outlet, Week
from app.errors import ConfigurationError
from app.records import Caller, Role, SourceDraft
from app.services.directory import Services, make_services
from app.storage.database import Database

SIGN_IN = ("demo", "a-week-ahead")
ACTOR = Caller(organisation_id=1, name="demo", scopes=Role.ADMIN.scopes)
FASTEST = 1800.0  # seconds between two polls of an outlet: enough for what they say, and half the work


def demo_settings(settings: Settings, week: Week, database_url: str, hosts: tuple[str, ...]) -> Settings:
    """The operator's settings, with a database, an organisation and a sign-in of the demo's own."""
    return settings.model_copy(
        update={
            "database_url": database_url,
            "home": settings.home / "demo",
            "organisation": week.organisation,
            "time_zone": str(week.zone),
            "admin_name": SIGN_IN[0],
            "admin_password": SIGN_IN[1],
            "starters": False,
            "private_hosts": hosts,
            "host_pause": 0.0,
            "fastest_poll": FASTEST,
        }
    )


def check_port(settings: Settings) -> None:
    """Better told before the week than after it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise ConfigurationError(
                f"Port {settings.port} on {settings.host} cannot be used ({error.strerror}). Give another with --port."
            ) from None


async def empty(database: Database) -> None:
    """Forget the last demo. From now on commits do not wait for the disk: a week that breaks off is played again."""
    async with database.transaction() as connection:
        await connection.execute(text("drop schema public cascade"))
        await connection.execute(text("create schema public"))
        name = await connection.scalar(text("select quote_ident(current_database())"))
        await connection.execute(text(f"alter database {name} set synchronous_commit = off"))
    await database.engine.dispose()  # connections made before do not know


async def set_up(database: Database, settings: Settings, week: Week, outlets: Outlets, now: datetime) -> Services:
    """What a team does on its first day, through the services that the API and the pages use."""
    await prepare(database, settings, now)
    services = make_services(database, settings)
    for outlet in week.outlets:
        await services.sources.add(ACTOR, _to_source(outlet, outlets), now)
    for row in await services.watches.list(ACTOR, now):
        await services.watches.rest(ACTOR, row.id, now)  # the first watch, over everything
    for watch in week.watches:
        await services.watches.add(ACTOR, watch, now)
    for telling in week.tellings:
        address = outlets.base(RECEIVERS) + telling.path
        await services.receivers.add(ACTOR, replace(telling.draft, address=address), now)
    return services


def _to_source(outlet: Outlet, outlets: Outlets) -> SourceDraft:
    return SourceDraft(
        address=f"{outlets.base(outlet.id)}/feed.xml",
        name=outlet.name,
        stakeholder=outlet.stakeholder,
        tier=outlet.tier,
        family=outlet.family,
        country=outlet.country,
        language=outlet.language,
        is_priority=outlet.is_priority,
    )
