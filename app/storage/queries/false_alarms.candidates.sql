-- The candidates for alarms of numbers alone over all watches of an organisation, one a story (or finding that is about
-- none) and watch: their highest severity, and when they were raised, if they were. What people found useful, or Forkant
-- itself a double, is left out, and what people raised after it was held back; so are restricted tips: what the budget
-- holds back is told to all.
select max(emergence.severity) as peak,
    max(alert.raised_at) filter (where emergence.verdict = 'raise') as raised_at
from emergence
join watch on watch.id = emergence.watch_id
left join alert on alert.id = emergence.alert_id
where watch.organisation_id = :organisation
    and emergence.kind = any (cast(:kinds as text[]))
    and emergence.at > :since and emergence.at <= :now
    and emergence.severity >= :least
    and (
        emergence.verdict = 'raise' and emergence.hold = ''
        or emergence.verdict = 'hold' and emergence.hold in ('budget', 'false_alarms')
    )
    and not (
        emergence.verdict = 'raise' and alert.id is not null
        and (alert.state = 'handled' or alert.dismiss_reason in ('duplicate', 'already_handled'))
    )
    and not exists (
        select from signal where signal.id = emergence.story_id and signal.sensitivity = 'restricted'
    )
group by emergence.watch_id, coalesce(emergence.story_id, -emergence.id)
