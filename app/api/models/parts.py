"""What all models are made of."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

Id = Annotated[str, BeforeValidator(str), Field(examples=["17"], description="Opaque")]


OptionalId = Annotated[
    str | None, BeforeValidator(lambda value: None if value is None else str(value)), Field(examples=["17"])
]


Seconds = Annotated[
    float, BeforeValidator(lambda value: value.total_seconds() if isinstance(value, timedelta) else value)
]


def without_nul(value: str) -> str:
    if "\0" in value:
        raise ValueError("holds a character that cannot be stored")
    return value


Words = Annotated[str, AfterValidator(without_nul)]


Short = Annotated[str, StringConstraints(max_length=200), AfterValidator(without_nul)]


class Out(BaseModel):
    """An answer, read from the values that services hand out. Readers must ignore fields they do not know."""

    model_config = ConfigDict(from_attributes=True)


class In(BaseModel):
    """A request's body. Unknown fields are refused: a mistyped one must not be lost in silence."""

    model_config = ConfigDict(extra="forbid")


class NamedOut(Out):
    id: Id
    name: str
