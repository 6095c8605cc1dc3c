-- How serious each story is for a watch: as its living or latest alert says, or the gravest of what was found.
select asked.story_id, asked.watch_id, coalesce(told.severity, found.severity) as severity
from unnest(cast(:stories as bigint[]), cast(:watches as bigint[])) as asked (story_id, watch_id)
left join lateral (
    select alert.severity
    from alert
    where alert.story_id = asked.story_id and alert.watch_id = asked.watch_id
    order by alert.closed_at is not null, alert.changed_at desc
    limit 1
) as told on true
left join lateral (
    select max(emergence.severity) as severity
    from emergence
    where emergence.story_id = asked.story_id and emergence.watch_id = asked.watch_id
) as found on true
where coalesce(told.severity, found.severity) is not null
