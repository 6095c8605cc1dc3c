"""`forkant false-alarms`: how many alarms of numbers alone are borne in a month."""

from typing import Annotated

import typer

from app import clock
from app.alerts.false_alarms import MOST_A_MONTH
from app.commands.access import with_database
from app.commands.files import UnusableArgumentError
from app.records import Caller
from app.records.scorecards import FalseAlarmBudget
from app.services.scorecards import Scorecards
from app.storage.beginnings import find_organisation_called
from app.storage.database import Database

BY_WATCH = "by-watch"


def false_alarms(
    number: Annotated[str, typer.Argument(help=f"So many in 30 days, or {BY_WATCH}: one for each active watch")] = "",
    organisation: Annotated[str, typer.Option(help="Number or name, where there are several")] = "",
) -> None:
    """Show how many alarms of numbers alone (surges, rises, new words) are borne in 30 days, or set it."""
    is_whole = number.isascii() and number.isdecimal() and len(number) < 10
    if number and number != BY_WATCH and not (is_whole and int(number) <= MOST_A_MONTH):
        raise UnusableArgumentError(f"{number} is no whole number from 0 to {MOST_A_MONTH}, nor {BY_WATCH}.")

    async def ask(database: Database) -> FalseAlarmBudget:
        async with database.transaction() as connection:
            found = await find_organisation_called(connection, organisation)
        if found is None:
            raise UnusableArgumentError(f"There is no organisation {organisation}.")
        caller = Caller(found, "forkant false-alarms", frozenset())
        scorecards, now = Scorecards(database), clock.now()
        if not number:
            return await scorecards.false_alarms(caller, now)
        return await scorecards.bear(caller, int(number) if is_whole else None, now)

    typer.echo(told(with_database(ask)))


def told(borne: FalseAlarmBudget) -> str:
    """
    >>> told(FalseAlarmBudget(None, 3, 1, 0))
    'Borne in 30 days: 3 (one for each active watch); spent: 1.'
    """
    how = " (one for each active watch)" if borne.chosen is None else ""
    bar = f" A finding must reach severity {borne.bar} at present." if borne.bar else ""
    return f"Borne in 30 days: {borne.a_month}{how}; spent: {borne.spent}.{bar}"
