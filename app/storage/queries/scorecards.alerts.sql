-- Alerts with what people did with them: the first thing of all, and when they were first handled. A story that was
-- merged goes by the older one. What Forkant does itself is no answer of people.
select alert.id, alert.watch_id, coalesce(story.merged_into, alert.story_id) as story_id, alert.state,
    alert.dismiss_reason, alert.raised_at, deeds.acknowledged_at, deeds.handled_at
from alert
left join story on story.id = alert.story_id
cross join lateral (
    select min(transition.at) as acknowledged_at,
        min(transition.at) filter (where transition.kind = 'handled') as handled_at
    from transition
    where transition.alert_id = alert.id and transition.kind in ('acknowledged', 'handled', 'dismissed')
        and transition.actor <> 'forkant'
) as deeds
where alert.id = any (cast(:alerts as bigint[]))
order by alert.raised_at, alert.id
