-- Write one hour of the ledger: every source of an organisation that was to be listened to in all of it. Written
-- again it gives the same, as long as polls, items and expectations are the same. A source not visited in the hour
-- was still heard when the visit before it is recent enough for its pace, or when it is not due yet: it may have asked
-- to be left alone, or be pushed to us.
with polled as (
    select poll.source_id,
        count(*) filter (where poll.outcome <> 'failed') as good,
        count(*) filter (where poll.outcome = 'failed') as failed
    from poll
    where poll.at >= :hour and poll.at < cast(:hour as timestamptz) + interval '1 hour'
    group by poll.source_id
),
spoken as (
    select item.source_id, count(*) as seen
    from item
    where item.version = 1 and not item.is_backlog and item.sensitivity <> 'restricted'
        and item.seen_at >= :hour and item.seen_at < cast(:hour as timestamptz) + interval '1 hour'
    group by item.source_id
),
heard as (
    select source.id, source.kind,
        case
            when source.kind = 'inbound' then 0
            when expectation.slots is null then cast(:unknown as real)
            else expectation.slots[:slot]
        end as expected,
        coalesce(spoken.seen, 0) as seen,
        coalesce(polled.good, 0) as good,
        coalesce(polled.failed, 0) as failed,
        status.health, status.failures, expectation.silent_after,
        last.at as last_good_at,
        last.at + greatest(status.every * 1.5, interval '15 minutes') >= cast(:hour as timestamptz) + interval '1 hour'
            or (not :missed and last.at is not null
                and status.next_poll_at + interval '15 minutes' >= cast(:hour as timestamptz) + interval '1 hour')
            as is_recent
    from source
    join source_status as status on status.source_id = source.id
    left join expectation on expectation.source_id = source.id
    left join polled on polled.source_id = source.id
    left join spoken on spoken.source_id = source.id
    left join lateral (
        select poll.at
        from poll
        where poll.source_id = source.id and poll.outcome <> 'failed'
            and poll.at < cast(:hour as timestamptz) + interval '1 hour'
        order by poll.at desc
        limit 1
    ) as last on true
    where source.organisation_id = :organisation and source.is_active and source.created_at <= :hour
)
insert into coverage_hour (source_id, hour, expected, seen, polls, failed, state)
select id, :hour, expected, seen, good, failed,
    case
        when kind = 'inbound' then case when seen > 0 then 'seen' else 'quiet' end
        when good = 0 and failed > 0 then case when health = 'blocked' then 'blocked' else 'failing' end
        when good > 0 or (is_recent and failures = 0) then
            case
                when seen > 0 then 'seen'
                when silent_after <= cast(:hour as timestamptz) + interval '1 hour' and last_good_at >= silent_after
                    then 'silent'
                else 'quiet'
            end
        when :missed then 'not_asked'
        when health = 'blocked' then 'blocked'
        when failures > 0 then 'failing'
        else 'late'
    end
from heard
on conflict (source_id, hour) do update
set expected = excluded.expected, seen = excluded.seen, polls = excluded.polls, failed = excluded.failed,
    state = excluded.state
