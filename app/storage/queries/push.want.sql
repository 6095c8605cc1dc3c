-- Which subscriptions we mean to have: those that an active source offers, and that counts enough. A change of mind
-- is acted upon at once; but a feed that names another hub is given an hour, since some name two in turn.
with wish as (
    select
        subscription.id,
        cast(:is_on as boolean) and subscription.is_offered
            and coalesce(source.is_active and source.kind = 'feed' and (cast(:all as boolean) or source.is_priority), false) as is_wanted
    from push_subscription as subscription
    left join source on source.id = subscription.source_id
)
update push_subscription as subscription
set is_wanted = wish.is_wanted,
    tries = 0,
    next_step_at = case
        when wish.is_wanted and subscription.state = 'active'
            then greatest(subscription.lease_until - interval '1 hour', cast(:now as timestamptz))
        when wish.is_wanted or subscription.is_offered or subscription.source_id is null then cast(:now as timestamptz)
        else cast(:now as timestamptz) + interval '1 hour'
    end
from wish
where wish.id = subscription.id and wish.is_wanted <> subscription.is_wanted
