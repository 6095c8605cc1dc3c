"""Signals over HTTP: search what has been said, and one with what was judged of it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime

from app.api.doors import PROBLEMS, READ, Before, Desk, Limit, Reader, Word, link_next, to_filter_number, to_number
from app.api.models import SignalFullOut, SignalsOut
from app.records import Copies, SignalFilter
from classifiers.types import Tone

router = APIRouter(prefix="/signals", tags=["signals"], dependencies=[Depends(READ)], responses=PROBLEMS)


def asked(
    q: Annotated[
        str, Query(max_length=500, description='As in a web search: words, "a phrase", or, -not', examples=["skole"])
    ] = "",
    source: Annotated[Word | None, Query(description="Id of the source")] = None,
    language: Annotated[Word, Query(description="BCP 47", examples=["nb"])] = "",
    topic: Annotated[Word, Query(description="Id of a topic")] = "",
    watch: Annotated[Word | None, Query(description="Id of a watch that they hit")] = None,
    story: Annotated[Word | None, Query(description="Id of the story")] = None,
    since: Annotated[AwareDatetime | None, Query(description="Counting as said at or after")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Counting as said before")] = None,
    copies: Annotated[Copies, Query(description="With copies, without, or only them")] = Copies.ALL,
    tone: Annotated[Tone | None, Query(description="Toward the one that they are about")] = None,
) -> SignalFilter:
    return SignalFilter(
        words=q,
        source_id=to_filter_number(source, "source"),
        language=language,
        topic=topic,
        watch_id=to_filter_number(watch, "watch"),
        story_id=to_filter_number(story, "story"),
        since=since,
        until=until,
        copies=copies,
        tone=tone or "",
    )


@router.get("", summary="Search signals")
async def search(
    request: Request,
    response: Response,
    caller: Reader,
    services: Desk,
    which: Annotated[SignalFilter, Depends(asked)],
    before: Before = None,
    limit: Limit = 50,
) -> SignalsOut:
    """Newest seen first. Words match by stem, each signal in its own language."""
    page = await services.signals.search(caller, which, before=before, limit=limit)
    link_next(request, response, page.next)
    return SignalsOut.model_validate(page)


@router.get("/{signal_id}", summary="One signal with its labels")
async def get_signal(signal_id: str, caller: Reader, services: Desk) -> SignalFullOut:
    """`because` names the words that carried a label, as spans of title, line break, text."""
    return SignalFullOut.model_validate(await services.signals.get(caller, to_number(signal_id, "signal")))
