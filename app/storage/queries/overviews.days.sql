-- Independent signals a day of some watch and topic pairs; day 0 are the last 24 hours. An empty topic means any.
select asked.place, day.number, count(*) as signals
from unnest(cast(:watches as bigint[]), cast(:topics as text[])) with ordinality as asked (watch_id, topic, place)
join watch_hit as hit
    on hit.watch_id = asked.watch_id
    and hit.is_counted
    and hit.counted_at > cast(:now as timestamptz) - cast(:days as integer) * interval '1 day'
    and hit.counted_at <= cast(:now as timestamptz)
cross join lateral (
    select cast(floor(extract(epoch from cast(:now as timestamptz) - hit.counted_at) / 86400) as integer) as number
) as day
where asked.topic = ''
    or exists (
        select from label
        where label.signal_id = hit.signal_id and label.kind = 'topic' and label.name = asked.topic
            and label.superseded_at is null
    )
group by asked.place, day.number
