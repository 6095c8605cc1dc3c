-- Take the subscriptions whose hub must be turned to now: asked, renewed, or told that we leave. An active one stays
-- active while it is renewed; one that is left keeps the address that the hub knows.
with due as (
    select id
    from push_subscription
    where next_step_at <= :now
    order by next_step_at, id
    limit :most
    for update skip locked
)
update push_subscription as subscription
set next_step_at = :until,
    asked_at = :now,
    tries = tries + 1,
    state = case when is_wanted and state <> 'active' then 'asked' else state end,
    callback = case when is_wanted then cast(:callbacks as text) || token else callback end
from due
where due.id = subscription.id
returning subscription.*
