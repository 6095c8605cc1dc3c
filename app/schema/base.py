"""What every table shares: names of constraints, identity keys, times with a zone."""

from typing import cast

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Identity, MetaData, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

TIME = DateTime(timezone=True)
TEXTS = cast(TypeEngine[list[str]], ARRAY(Text))


def key(comment: str) -> Column[int]:
    """The primary key of a table that numbers its own rows."""
    return Column("id", BigInteger, Identity(always=False), primary_key=True, comment=comment)


def belongs_to(target: str, name: str, comment: str, *, null: bool = False, index: bool = False) -> Column[int]:
    """A foreign key; rows go when what they belong to goes."""
    return Column(name, BigInteger, ForeignKey(target, ondelete="CASCADE"), nullable=null, index=index, comment=comment)


def words(name: str, comment: str) -> Column[list[str]]:
    """A list of short texts, empty rather than null."""
    return Column(name, TEXTS, nullable=False, server_default=text("'{}'"), comment=comment)


def said(name: str, comment: str, default: str = "") -> Column[str]:
    """A text that is empty rather than null."""
    return Column(name, Text, nullable=False, server_default=text(f"'{default}'"), comment=comment)


def moment(name: str, comment: str, *, null: bool = False, index: bool = False) -> Column:  # type: ignore[type-arg]
    """A point in time, UTC."""
    return Column(name, TIME, nullable=null, index=index, comment=comment)
