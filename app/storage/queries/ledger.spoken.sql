-- In which hours some sources spoke, by their own clock where it can be believed: hours since 1970, and items in each.
-- A new source's backlog counts for when it was said; what has no date in it says nothing of a rhythm.
select spoken.source_id, array_agg(spoken.hour) as hours, array_agg(spoken.items) as counts
from (
    select item.source_id,
        cast(floor(extract(epoch from moment.at) / 3600) as integer) as hour,
        count(*) as items
    from item
    cross join lateral (
        select case
            when item.said_at <= item.seen_at and (item.is_backlog or item.said_at > item.seen_at - interval '2 days')
                then item.said_at
            when not item.is_backlog then item.seen_at
        end as at
    ) as moment
    where item.source_id = any (cast(:sources as bigint[])) and item.version = 1
        and item.sensitivity <> 'restricted'  -- everybody sees the ledger
        and item.seen_at >= :since and moment.at >= :since and moment.at <= :now
    group by item.source_id, hour
) as spoken
group by spoken.source_id
