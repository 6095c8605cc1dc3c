-- What was said in a week that says something of its own, with the story that it stands in: one in :every.
-- Nothing that few may see, no tips, nothing of sources that were added lately: a new source brings its own words.
select signal.*, source.name as source_name, source.kind as source_kind,
    coalesce(story_member.story_id, signal.id) as story_id
from signal
join source on source.id = signal.source_id
join item on item.id = signal.id
left join story_member on story_member.signal_id = signal.id
where source.organisation_id = :organisation
    and source.kind <> :tips
    and source.created_at <= :settled
    and signal.sensitivity <> 'restricted'
    and signal.copy_of is null
    and signal.release = ''
    and item.content_hash <> ''
    and signal.seen_at >= :since and signal.seen_at < :until
    and coalesce(signal.said_at, signal.seen_at) >= :since
    and signal.id % :every = 0
order by signal.id
