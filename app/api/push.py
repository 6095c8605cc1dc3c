"""What hubs call (WebSub): one address for each subscription, which only its hub knows."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api.doors import Desk, Now
from app.errors import TooMany
from app.services.pushes import Question


def count(request: Request, now: Now) -> None:
    """So many requests a minute of one address, whatever it asks: nobody shall try out tokens."""
    caller = request.client.host if request.client else "unknown"
    try:
        request.app.state.rates.take(f"websub {caller}", now.timestamp())
    except TooMany as refusal:
        request.state.rate_headers = {"Retry-After": str(refusal.retry_after)}
        raise


router = APIRouter(prefix="/websub", include_in_schema=False, dependencies=[Depends(count)])


@router.get("/{token}")
async def verify(
    token: str,
    services: Desk,
    now: Now,
    mode: Annotated[str, Query(alias="hub.mode")] = "",
    topic: Annotated[str, Query(alias="hub.topic")] = "",
    challenge: Annotated[str, Query(alias="hub.challenge")] = "",
    lease_seconds: Annotated[str, Query(alias="hub.lease_seconds")] = "",
    reason: Annotated[str, Query(alias="hub.reason")] = "",
) -> Response:
    """Did we mean to subscribe, or to leave? The challenge as plain text says yes, 404 says no."""
    question = Question(mode, topic, challenge, lease_seconds, reason)
    return Response(await services.pushes.answer(token, question, now), media_type="text/plain")


@router.post("/{token}")
async def receive(token: str, request: Request, services: Desk, now: Now) -> Response:
    """202 whatever the signature is worth, as the Recommendation has it: who guesses learns nothing. 410: we left."""
    subscription = await services.pushes.find(token)  # before the body is read
    if subscription.is_over:
        return Response(status_code=410)
    headers = request.headers
    signature, content_type = headers.get("x-hub-signature", ""), headers.get("content-type", "")
    await services.pushes.receive(subscription, await request.body(), content_type, signature, now)
    return Response(status_code=202)
