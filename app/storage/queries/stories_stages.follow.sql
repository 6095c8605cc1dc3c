-- Where a story stood that is part of another by now, the whole stands: unless it stood somewhere already, and people had
-- their say there, or nowhere.
insert into story_stage (
    story_id, watch_id, stage, set_at, set_by, reason, facts, declined, declined_facts, looked_at, look_at)
select distinct on (story.merged_into, part.watch_id)
       story.merged_into, part.watch_id, part.stage, part.set_at, part.set_by, part.reason, part.facts, part.declined,
       part.declined_facts, part.looked_at, cast(:now as timestamptz)
from story_stage as part
join story on story.id = part.story_id and story.merged_into is not null
where (story.id = :young or cast(:young as bigint) is null) and story.last_seen_at >= :since
order by story.merged_into, part.watch_id, part.set_by = 'forkant', part.set_at desc
on conflict (story_id, watch_id) do update
set stage = excluded.stage, set_at = excluded.set_at, set_by = excluded.set_by, reason = excluded.reason,
    proposed = '', proposed_at = null, because = '[]', declined = excluded.declined,
    declined_facts = excluded.declined_facts, look_at = excluded.look_at
where story_stage.set_by = 'forkant' and excluded.set_by <> 'forkant'
