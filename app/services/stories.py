"""Stories: what is being talked about, and who says it."""

from app.errors import NotFound
from app.records import Caller, Page, StoryFilter, StoryFull, StoryRow
from app.services.paging import check_limit, from_place, to_place
from app.storage import stories as store
from app.storage.database import Database


class Stories:
    """Everything that is asked of stories."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def list(
        self, caller: Caller, which: StoryFilter | None = None, *, before: str | None = None, limit: int = 50
    ) -> Page[StoryRow]:
        """Stories, those that grew last first; merged ones are left out."""
        place = from_place(before)
        async with self.database.transaction() as connection:
            rows = await store.list_stories(
                connection, caller.sight, which or StoryFilter(), place, check_limit(limit) + 1
            )
        more = len(rows) > limit
        rows = rows[:limit]
        return Page(rows, to_place(rows[-1].last_seen_at, rows[-1].id) if more else None)

    async def get(self, caller: Caller, story_id: int) -> StoryFull:
        """One story with its members in the order they were said, and its alerts."""
        async with self.database.transaction() as connection:
            found = await store.find_story(connection, caller.sight, story_id)
            if found is None:
                raise NotFound(f"There is no story {story_id}")
            return StoryFull(
                story=found,
                members=await store.list_members(connection, story_id),
                alert_ids=await store.list_alert_ids(connection, caller.organisation_id, story_id),
            )
