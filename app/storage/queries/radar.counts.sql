-- How many signals an organisation has heard in two spans that meet, and when it first heard any.
select
    count(*) filter (where signal.seen_at < :middle) as past,
    count(*) filter (where signal.seen_at >= :middle) as week,
    (
        select min(item.seen_at)
        from item
        join source as any_source on any_source.id = item.source_id
        where any_source.organisation_id = :organisation
    ) as begun
from signal
join source on source.id = signal.source_id
where source.organisation_id = :organisation
    and signal.seen_at >= :since and signal.seen_at < :until
