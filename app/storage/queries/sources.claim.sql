-- Lease due sources to a worker: the longest waiting first, a few of one host at a time, none of a busy host.
-- The conditions stand twice, because a row may have changed between being ranked and being locked.
with due as (
    select
        status.source_id, status.next_poll_at, lower(substring(source.address from '://([^/?#]+)')) as host
    from source_status as status
    join source on source.id = status.source_id
    where source.is_active
        and source.kind <> 'inbound'  -- tips come to us: nobody visits their door
        and (
            source.kind = any (cast(:kinds as text[]))
            or cardinality(cast(:kinds as text[])) = 0 and source.kind <> all (cast(:live as text[]))
        )
        and status.next_poll_at <= :now
        and (status.lease_until is null or status.lease_until <= :now)
        and coalesce(lower(substring(source.address from '://([^/?#]+)')), '') <> all (cast(:busy as text[]))
    order by status.next_poll_at, status.source_id
    limit :look
),
candidate as (
    select
        source_id,
        host,
        row_number() over (partition by host order by next_poll_at, source_id) as place,
        count(*) over () as looked_at
    from due
),
chosen as (
    select status.source_id, status.next_poll_at as due_at, candidate.host, candidate.looked_at
    from source_status as status
    join candidate on candidate.source_id = status.source_id
    where candidate.place <= :per_host
        and status.next_poll_at <= :now
        and (status.lease_until is null or status.lease_until <= :now)
    order by status.next_poll_at, status.source_id
    limit :most
    for update of status skip locked
)
update source_status as status
set lease_until = :until, leased_by = :node
from chosen
join source on source.id = chosen.source_id
left join lateral (
    select poll.outcome, poll.entries, poll.known
    from poll
    where poll.source_id = chosen.source_id
    order by poll.at desc, poll.id desc
    limit 1
) as last on true
left join expectation on expectation.source_id = chosen.source_id
left join lateral (
    -- How long it usually keeps silent at most: its longest pause of the last month, where it spoke often enough.
    select max(pause) as longest
    from (
        select poll.at - lag(poll.at) over (order by poll.at) as pause, count(*) over () as times
        from poll
        where poll.source_id = chosen.source_id and poll.stored > 0
            and poll.at > cast(:now as timestamptz) - interval '28 days'
            and expectation.silent_after is null  -- else the ledger knows better
            and cardinality(cast(:kinds as text[])) = 0  -- who is listened to live has too many visits to count
    ) as pauses
    where times >= 8
) as pauses on true
left join push_subscription as push on push.source_id = chosen.source_id and push.is_offered
where status.source_id = chosen.source_id
returning
    source.id, source.kind, source.address, source.name, source.stakeholder, source.tier, source.family,
    source.country, source.language, source.is_priority,
    status.etag, status.last_modified, status.body_hash, status.position, status.moved_to,
    status.every, status.failures, status.last_new_at, status.last_polled_at, status.last_success_at,
    status.lease_until, status.leased_by, status.habit, status.skips, status.not_modified_at, status.doubted_until,
    chosen.due_at, chosen.host, chosen.looked_at,
    last.outcome as last_outcome, last.entries as last_entries, last.known as last_known, pauses.longest as longest_pause,
    expectation.silent_after,
    push.id as push_id, push.hub, push.topic, coalesce(push.is_wanted and push.state = 'active', false) as is_pushed
