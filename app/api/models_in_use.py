"""Trained models over HTTP: their scorecards, and which of them is in use."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Response

from app.api.doors import ADMIN, PROBLEMS, Admin, Desk, Now
from app.api.models.learning import (
    ModelFullOut,
    ModelOut,
    ModelsOut,
    ShadowExampleOut,
    ToldOut,
    WhyIn,
)
from app.records.learning import ModelRow

router = APIRouter(prefix="/models", tags=["models"], dependencies=[Depends(ADMIN)], responses=PROBLEMS)
Why = Annotated[WhyIn | None, Body()]


@router.get("", summary="List models")
async def list_models(caller: Admin, services: Desk) -> ModelsOut:
    """Your own and the one that ships with Forkant, newest first. `live` is in use; without one of your own, the
    shipped one is."""
    return ModelsOut(models=tuple(map(ModelOut.model_validate, await services.models.list(caller))))


@router.post("/rollback", summary="Put the model before this one into use")
async def rollback(caller: Admin, services: Desk, now: Now, body: Why = None) -> ModelOut | None:
    """In the end that is the one that ships with Forkant. It holds from the next batch of signals on."""
    row = await services.models.rollback(caller, (body or WhyIn()).why, now)
    return ModelOut.model_validate(row) if row else None


@router.get("/{version}", summary="One model with its scorecard")
async def get_model(version: str, caller: Admin, services: Desk) -> ModelFullOut:
    row = await services.models.get(caller, version)
    told = await services.models.told(caller, row)
    return full(row, ToldOut(right=told.right, wrong=told.wrong))


def full(row: ModelRow, told: ToldOut) -> ModelFullOut:
    plain = ModelOut.model_validate(row)
    examples = tuple(map(ShadowExampleOut.model_validate, row.examples))
    return ModelFullOut.model_construct(**dict(plain), examples=examples, told=told)


@router.post("/{version}/promote", summary="Put a model into use")
async def promote(version: str, caller: Admin, services: Desk, now: Now, body: Why = None) -> ModelOut:
    """It labels from the next batch of signals on, on every node. 409 where a canary flips."""
    return ModelOut.model_validate(await services.models.promote(caller, version, (body or WhyIn()).why, now))


@router.get("/{version}/file", summary="The file of a model", response_class=Response)
async def get_file(version: str, caller: Admin, services: Desk) -> Response:
    """Numbers and a header, with a hash: `forkant model import` takes it in elsewhere."""
    content = await services.models.content(caller, version)
    name = f'attachment; filename="forkant-{version.rpartition("@")[2]}.npz"'
    return Response(content, media_type="application/octet-stream", headers={"Content-Disposition": name})
