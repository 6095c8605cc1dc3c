"""Reading a text over HTTP: labels at once, nothing kept."""

from fastapi import APIRouter

from app.api.doors import PROBLEMS, Desk, Reader
from app.api.models.readings import ReadingOut, TextIn

router = APIRouter(tags=["labels"], responses=PROBLEMS)


@router.post("/classify", summary="Say what a text touches, and by which words")
async def classify(body: TextIn, caller: Reader, services: Desk) -> ReadingOut:
    """By the classifiers of words: your organisation's own where it promoted one. Nothing is kept. 600 requests a
    minute for each key."""
    return ReadingOut.model_validate(await services.readings.read(caller, body.title, body.text, body.language))
