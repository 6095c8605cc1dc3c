"""A text to read, and what was read in it, as JSON."""

from typing import Annotated

from pydantic import Field

from app.api.models.parts import In, Out
from app.api.models.signals import LabelOut


class TextIn(In):
    title: Annotated[str, Field(max_length=500, description="A headline, or the whole of a short text")]
    text: Annotated[str, Field(max_length=16_000, description="What follows it")] = ""
    language: Annotated[str, Field(max_length=20, description="nb, nn, sv, da, nl or en; empty: by the words")] = ""


class ReadingOut(Out):
    language: Annotated[str, Field(description="Empty: none that we could tell; then there are no labels")]
    labels: tuple[LabelOut, ...]
