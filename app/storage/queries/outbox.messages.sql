-- Everything that a leased delivery's message says, the alert as it is now and the change that is told: what caused the
-- change is quoted first, then what else is known of the alert.
select delivery.id, delivery.receiver_id, delivery.message_id, delivery.attempts,
       receiver.kind as receiver_kind, receiver.address, receiver.secret,
       transition.kind, transition.at, transition.actor, transition.reason, transition.state, transition.level,
       transition.severity,
       (select count(*) from transition as before
        where before.alert_id = alert.id and before.id < transition.id) as update_number,
       alert.id as alert_id, alert.title, alert.because, alert.topics, alert.owner, alert.signal_count,
       alert.publisher_count, alert.raised_at,
       coalesce(story_stage.stage, '') as stage, coalesce(story_stage.proposed, '') as proposed,
       watch.name as watch, watch.sensitivity, organisation.language as spoken,
       (select max(told.id) from emergence as told
        where told.alert_id = alert.id and told.because = alert.because) as because_of,
       emergence.observed, emergence.expected, emergence.coverage, coalesce(emergence.signal_ids, '{}') as signal_ids,
       array(select distinct key
             from emergence as other cross join unnest(other.signal_ids) as key
             where other.alert_id = alert.id
             order by key limit 20) as more_ids,
       array(select distinct behind.sensitivity
             from (select alert.story_id
                   union
                   select signal_id from story_member where story_member.story_id = alert.story_id
                   union
                   select unnest(other.signal_ids) from emergence as other where other.alert_id = alert.id) as key (id)
             join signal as behind on behind.id = key.id) as sensitivities,
       coalesce((select told.title
                 from story_member
                 join signal as told on told.id = story_member.signal_id
                 where story_member.story_id = alert.story_id and told.sensitivity = 'open'
                 order by told.id limit 1), '') as open_title
from delivery
join receiver on receiver.id = delivery.receiver_id
join transition on transition.id = delivery.transition_id
join alert on alert.id = transition.alert_id
join watch on watch.id = alert.watch_id
join organisation on organisation.id = watch.organisation_id
left join story_stage on story_stage.story_id = alert.story_id and story_stage.watch_id = alert.watch_id
left join lateral (
    select * from emergence
    where emergence.id = transition.emergence_id
       or (transition.emergence_id is null and emergence.alert_id = alert.id)
    order by emergence.id desc limit 1
) as emergence on true
where delivery.id = any(:ids)
order by delivery.id
