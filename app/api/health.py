"""Health for load balancers, and the description of the API for its users."""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from app.api.doors import READ, Desk, Now
from app.api.models import ReadinessOut

router = APIRouter(tags=["health"])


@router.get("/health/live", summary="Is this process alive?")
async def live() -> dict[str, str]:
    return {"status": "alive"}


@router.get("/health/ready", summary="Can it serve, and does anybody listen?", response_model=ReadinessOut)
async def ready(services: Desk, now: Now) -> Response:
    """503 with the reasons when the database does not answer, is not migrated, or no worker was seen for a minute."""
    found = ReadinessOut.model_validate(await services.health.readiness(now))
    status = 200 if found.is_ready else 503
    return Response(found.model_dump_json(), status, media_type="application/json")


description = APIRouter(include_in_schema=False, dependencies=[Depends(READ)])


@description.get("/openapi.json")
async def openapi(request: Request) -> dict[str, Any]:
    schema: dict[str, Any] = request.app.openapi()
    return schema
