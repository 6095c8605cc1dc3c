-- What people did with alerts, where it says something of a label: handled speaks for the alert's first topic,
-- dismissed as boilerplate against it. At most three signals of each alert, and never a restricted one.
select coalesce('person ' || person.id, closed.actor) as judge, closed.at, alert.state = 'handled' as is_right,
    alert.topics[1] as topic, signal.title, signal.text, signal.language,
    coalesce('story ' || story_member.story_id, 'text ' || signal.fingerprint) as family
from alert
join watch on watch.id = alert.watch_id
cross join lateral (
    select actor, at
    from transition
    where transition.alert_id = alert.id and transition.kind in ('handled', 'dismissed')
    order by transition.id desc
    limit 1
) as closed
cross join lateral (
    select distinct moved.signal_id
    from emergence
    cross join lateral unnest(emergence.signal_ids) as moved (signal_id)
    join label on label.signal_id = moved.signal_id and label.kind = 'topic' and label.name = alert.topics[1]
    where emergence.alert_id = alert.id
    order by moved.signal_id
    limit 3
) as behind
join signal on signal.id = behind.signal_id
left join story_member on story_member.signal_id = signal.id
left join person on person.organisation_id = watch.organisation_id and person.name = closed.actor
where watch.organisation_id = :organisation
    and (alert.state = 'handled' or (alert.state = 'dismissed' and alert.dismiss_reason = 'boilerplate'))
    and closed.actor <> 'forkant'
    and closed.at > cast(:since as timestamptz)
    and not exists (
        select from forgotten
        where forgotten.organisation_id = watch.organisation_id
            and forgotten.judge = coalesce('person ' || person.id, closed.actor)
            and closed.at <= forgotten.until
    )
    and signal.sensitivity <> 'restricted'
