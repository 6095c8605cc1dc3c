"""`forkant organisation`: its name, its language and its time zone."""

from enum import StrEnum
from typing import Annotated

import typer

from app.commands.access import with_database
from app.commands.files import UnusableArgumentError
from app.services.checks import is_zone
from app.storage import beginnings
from app.storage.database import Database


class Language(StrEnum):
    """What Forkant can say why in."""

    BOKMAAL = "nb"
    NYNORSK = "nn"
    SWEDISH = "sv"
    DANISH = "da"
    DUTCH = "nl"
    ENGLISH = "en"


def organisation(
    which: Annotated[str, typer.Argument(help="Number or name, where there are several")] = "",
    name: Annotated[str, typer.Option(help="A new name")] = "",
    language: Annotated[Language | None, typer.Option(help="In which messages say why")] = None,
    time_zone: Annotated[str, typer.Option(help="IANA name, such as Europe/Oslo; watches keep theirs")] = "",
) -> None:
    """Show an organisation's name, language and time zone, or change them."""
    if time_zone and not is_zone(time_zone):
        raise UnusableArgumentError(f"{time_zone} is not a time zone, such as Europe/Oslo.")
    change = {"name": name.strip(), "language": language.value if language else "", "time_zone": time_zone}

    async def ask(database: Database) -> beginnings.Spoken:
        async with database.transaction() as connection:
            found = await beginnings.find_organisation_called(connection, which)
            if found is None:
                raise UnusableArgumentError(f"There is no organisation {which}.")
            return await beginnings.change_organisation(connection, found, {k: v for k, v in change.items() if v})

    told = with_database(ask)
    typer.echo(f"{told.name}: {told.language}, {told.time_zone}")
