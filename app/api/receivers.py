"""Receivers over HTTP: where to tell. Addresses and secrets go in, and never come out whole."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from app.api.doors import ADMIN, COSTLY, PROBLEMS, Admin, Desk, Now, to_number
from app.api.models import (
    DeliveryOut,
    NewReceiverOut,
    ReceiverChangeIn,
    ReceiverFullOut,
    ReceiverIn,
    ReceiverOut,
    ReceiversOut,
    TestOut,
)
from app.records import Caller, ReceiverDraft

router = APIRouter(prefix="/receivers", tags=["receivers"], dependencies=[Depends(ADMIN)], responses=PROBLEMS)


@router.get("", summary="List receivers")
async def list_receivers(caller: Admin, services: Desk) -> ReceiversOut:
    rows = await services.receivers.list(caller)
    return ReceiversOut(receivers=tuple(map(ReceiverOut.model_validate, rows)))


@router.post("", status_code=201, summary="Add a receiver")
async def add_receiver(body: ReceiverIn, caller: Admin, services: Desk, now: Now) -> NewReceiverOut:
    """The secret for checking signatures is shown in this answer only. Slack needs none."""
    row, secret = await services.receivers.add(caller, ReceiverDraft(**body.model_dump()), now)
    return NewReceiverOut.model_construct(**dict(ReceiverOut.model_validate(row)), secret=secret)


@router.get("/{receiver_id}", summary="One receiver with what it was told")
async def get_receiver(receiver_id: str, caller: Admin, services: Desk) -> ReceiverFullOut:
    number = to_number(receiver_id, "receiver")
    row = ReceiverOut.model_validate(await services.receivers.get(caller, number))
    told = tuple(map(DeliveryOut.model_validate, await services.receivers.deliveries(caller, number)))
    return ReceiverFullOut.model_construct(**dict(row), deliveries=told)


@router.patch("/{receiver_id}", summary="Change a receiver, or switch it off")
async def change_receiver(
    receiver_id: str, body: ReceiverChangeIn, caller: Admin, services: Desk, now: Now
) -> ReceiverOut:
    number = to_number(receiver_id, "receiver")
    row = await services.receivers.get(caller, number)
    before: dict[str, Any] = {
        "name": row.name,
        "kind": row.kind,
        "min_level": row.min_level,
        "is_active": row.is_active,
    }
    draft = ReceiverDraft(**(before | body.model_dump(exclude_none=True)))
    return ReceiverOut.model_validate(await services.receivers.change(caller, number, draft, now))


@router.post("/{receiver_id}/test", summary="Send a test message now")
async def test_receiver(
    receiver_id: str, caller: Annotated[Caller, Depends(COSTLY)], services: Desk, now: Now
) -> TestOut:
    """Answers 200 with what came of it, also when the receiver refused."""
    outcome = await services.receivers.test(caller, to_number(receiver_id, "receiver"), now)
    return TestOut.model_validate(outcome)
