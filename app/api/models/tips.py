"""Tips as JSON: as we ask for them, as Alertmanager sends them, and what became of each."""

from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, WrapValidator, model_validator

from app.api.models.parts import Id, In, Out
from app.records import TipOutcome
from signals.item_text import storable
from signals.text import safe_link
from signals.tips import MOST_REFERENCE, MOST_TEXT, MOST_TITLE, FiredAlert, Tip
from signals.types import Sensitivity, Stakeholder

MOST_TIPS = 100
MOST_FIRED = 500


def cleaned(value: Any) -> Any:
    """SE-11: senders are other systems, which cannot be asked to mend one character; it is left out."""
    return storable(value).strip() if isinstance(value, str) else value


def only_links(value: str) -> str:
    if value and not safe_link(value):
        raise ValueError("is no http or https address that a page may link to")
    return value


def unread(value: Any, _: Any) -> Any:
    """Described as it should be, and read later, each tip by itself: one bad tip must not cost the others."""
    return value


Clean = BeforeValidator(cleaned)
Tag = Annotated[str, Clean, Field(max_length=200)]


class TipIn(In):
    """Title or text must be there."""

    title: Annotated[str, Clean, Field(max_length=MOST_TITLE, examples=["Long queue at the counter, people angry"])] = (
        ""
    )
    text: Annotated[str, Clean, Field(max_length=MOST_TEXT)] = ""
    url: Annotated[str, Clean, Field(max_length=2048), BeforeValidator(only_links)] = ""
    said_at: Annotated[AwareDatetime | None, Field(description="When it was seen or said, with its zone")] = None
    author: Annotated[str, Clean, Field(max_length=300, description="Leave it out to stay anonymous")] = ""
    language: Annotated[str, Clean, Field(max_length=35, description="BCP 47; a hint", examples=["nb"])] = ""
    stakeholder: Annotated[Stakeholder | None, Field(description="Whose voice; else that of the source")] = None
    source: Annotated[
        str, Clean, Field(max_length=200, description="Name or id of an inbound source; else Tips from colleagues")
    ] = ""
    sensitivity: Annotated[
        Sensitivity,
        Field(description="`open`: like anything said in public; `internal`: read by who may read, its words are sent "
              "nowhere; `restricted`: for administrators and the owner of a watch that it hits"),
    ] = Sensitivity.INTERNAL  # fmt: skip
    reference: Annotated[
        str,
        Clean,
        Field(
            max_length=MOST_REFERENCE, description="Your own name for it: the same again with other words is an edit"
        ),
    ] = ""
    categories: Annotated[tuple[Tag, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _says_something(self) -> "TipIn":
        if not self.title and not self.text:
            raise ValueError("give a title or a text")
        return self

    def to_tip(self) -> Tip:
        given = self.model_dump(exclude={"source", "stakeholder"})
        return Tip(**given, stakeholder=self.stakeholder or "")


OneTip = Annotated[TipIn, WrapValidator(unread)]
TipsIn = Annotated[
    TipIn | Annotated[list[TipIn], Field(min_length=1, max_length=MOST_TIPS)],
    WrapValidator(unread),
    Field(description=f"One tip, or at most {MOST_TIPS}"),
]


class FiredIn(BaseModel):
    """One alert of Alertmanager. What we do not know of it is passed over: its makers add fields."""

    model_config = ConfigDict(extra="ignore")

    status: Annotated[str, Clean] = "firing"
    labels: dict[Tag, Annotated[str, Clean, Field(max_length=2000)]] = Field(default_factory=dict, max_length=100)
    annotations: dict[Tag, Annotated[str, Clean, Field(max_length=10_000)]] = Field(default_factory=dict, max_length=50)
    starts_at: Annotated[AwareDatetime, Field(alias="startsAt")]
    ends_at: Annotated[AwareDatetime | None, Field(alias="endsAt")] = None
    generator: Annotated[str, Clean, Field(alias="generatorURL")] = ""
    fingerprint: Annotated[str, Clean, Field(max_length=100)] = ""

    def to_alert(self) -> FiredAlert:
        return FiredAlert(
            is_resolved=self.status == "resolved",
            labels=self.labels,
            annotations=self.annotations,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            generator=self.generator,
            fingerprint=self.fingerprint,
        )


OneFired = Annotated[FiredIn, WrapValidator(unread)]


class AlertmanagerIn(BaseModel):
    """The body of Alertmanager's webhook, version 4."""

    model_config = ConfigDict(extra="ignore")

    version: Annotated[str, Field(description="4", examples=["4"])]
    alerts: Annotated[list[OneFired], Field(max_length=MOST_FIRED)]


class TakenTipOut(Out):
    index: Annotated[int, Field(description="Its place in what was sent, from 0")]
    reference: str
    outcome: TipOutcome
    signal_id: Id


class RefusedTipOut(BaseModel):
    """Why one tip was not kept: a problem (RFC 9457) with the place of the tip."""

    index: int
    type: str = "/problems/invalid"
    title: str = "Cannot be used"
    status: int = 422
    field: str
    detail: str


class TipsOut(BaseModel):
    tips: tuple[TakenTipOut, ...]
    refused: tuple[RefusedTipOut, ...]
