"""SQL of more than fifteen lines, one file per question: `<store>.<question>.sql`."""

from functools import cache
from importlib.resources import files

from sqlalchemy import TextClause, text


@cache
def query(name: str) -> TextClause:
    """The statement in `<name>.sql`, its parameters written :so."""
    return text(files(__name__).joinpath(f"{name}.sql").read_text(encoding="utf-8"))
