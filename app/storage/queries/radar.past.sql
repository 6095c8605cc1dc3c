-- Titles of the weeks before: one in :every. They tell what is usual.
select signal.title, signal.language, source.name as source_name
from signal
join source on source.id = signal.source_id
join item on item.id = signal.id
where source.organisation_id = :organisation
    and source.kind <> :tips
    and signal.sensitivity <> 'restricted'
    and signal.copy_of is null
    and signal.release = ''
    and item.content_hash <> ''
    and signal.seen_at >= :since and signal.seen_at < :until
    and signal.id % :every = 0
order by signal.id
