-- What was fetched in a time and what became of it. The left side is the polls' own account, the right side is
-- counted anew from the items that they brought. What waits for a closer reading has arrived.
with visit as (
    select poll.id, poll.entries, poll.stored, poll.edited, poll.known, poll.dropped
    from poll
    join source on source.id = poll.source_id
    where (cast(:organisation as bigint) is null or source.organisation_id = cast(:organisation as bigint))
        and (cast(:begin as timestamptz) is null or poll.at >= cast(:begin as timestamptz))
        and (cast(:until as timestamptz) is null or poll.at < cast(:until as timestamptz))
),
fate as (
    select case
            when progress.stage <> 'refine' and progress.quarantined_at is not null then 'set_aside'
            when progress.stage <> 'refine' then 'waiting'
            when signal.id is null and item.content_hash = '' then 'taken_back'
            when signal.id is null then 'lost'
            when signal.copy_of is null then 'own'
            else 'copy'
        end as fate,
        case when coalesce(progress.stage, 'refine') = 'refine' and signal.copy_of is not null then signal.copy_kind else '' end as kind
    from visit
    join item on item.poll_id = visit.id
    left join progress on progress.item_id = item.id
    left join signal on signal.id = item.id
    where (visit.stored > 0 or visit.edited > 0)
        -- Items are first seen when their poll begins; this only helps to find them.
        and (cast(:begin as timestamptz) is null or item.seen_at >= cast(:begin as timestamptz) - interval '1 day')
        and (cast(:until as timestamptz) is null or item.seen_at < cast(:until as timestamptz) + interval '1 day')
),
counted as (
    select fate, kind, count(*) as items from fate group by fate, kind
),
reason as (
    select one.key as reason, sum(cast(one.value as bigint)) as entries
    from visit
    cross join lateral jsonb_each_text(visit.dropped) as one
    where visit.dropped <> '{}'
    group by one.key
)
select cast(coalesce(sum(entries), 0) as bigint) as entries,
    cast(coalesce(sum(stored), 0) as bigint) as stored,
    cast(coalesce(sum(edited), 0) as bigint) as edited,
    cast(coalesce(sum(known), 0) as bigint) as known,
    (select coalesce(jsonb_object_agg(reason, entries), '{}') from reason) as dropped,
    (select coalesce(jsonb_object_agg(kind, items), '{}') from counted where fate = 'copy') as copies,
    (select cast(coalesce(sum(items), 0) as bigint) from counted where fate = 'own') as own,
    (select cast(coalesce(sum(items), 0) as bigint) from counted where fate = 'waiting') as waiting,
    (select cast(coalesce(sum(items), 0) as bigint) from counted where fate = 'set_aside') as set_aside,
    (select cast(coalesce(sum(items), 0) as bigint) from counted where fate = 'taken_back') as taken_back,
    (select cast(coalesce(sum(items), 0) as bigint) from counted where fate = 'lost') as lost
from visit
