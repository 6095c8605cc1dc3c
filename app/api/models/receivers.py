"""Receivers as JSON."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from app.alerts.types import Level
from app.api.models.alerts import DeliveryOut
from app.api.models.parts import Id, In, Out, Short, Words


class ReceiverOut(Out):
    id: Id
    name: str
    kind: str
    address: Annotated[
        str, Field(validation_alias="shown_address", description="Host and last four characters; never whole")
    ]
    has_secret: bool
    min_level: Level
    is_active: bool
    disabled_reason: str
    held_until: AwareDatetime | None
    created_at: AwareDatetime
    queued: int
    dead: int
    last_sent_at: AwareDatetime | None
    last_error: str


class ReceiversOut(Out):
    receivers: tuple[ReceiverOut, ...]


class NewReceiverOut(ReceiverOut):
    secret: Annotated[str, Field(description="For checking signatures; shown this once")]


class ReceiverFullOut(ReceiverOut):
    deliveries: tuple[DeliveryOut, ...]


class ReceiverIn(In):
    name: Annotated[Short, Field(min_length=1)]
    kind: Annotated[Short, Field(examples=["slack"])]
    address: Annotated[Words, Field(max_length=2048)]
    secret: Annotated[Words, Field(max_length=200)] = ""
    min_level: Level = Level.LOW


class ReceiverChangeIn(In):
    """Fields that are left out stay as they are."""

    name: Annotated[Short | None, Field(min_length=1)] = None
    address: Annotated[Words | None, Field(max_length=2048)] = None
    secret: Annotated[Words | None, Field(max_length=200)] = None
    min_level: Level | None = None
    is_active: bool | None = None


class TestOut(Out):
    ok: bool
    status: int | None
    because: str
