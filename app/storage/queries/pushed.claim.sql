-- Take pushed documents for reading, the oldest first, with the address of their source; not more than a worker's
-- memory should hold. The conditions stand twice, because a row may have changed between being summed and being locked.
with waiting as (
    select id, sum(size) over (order by id) - size as before
    from pushed_document
    where lease_until is null or lease_until <= :now
),
due as (
    select document.id
    from pushed_document as document
    join waiting on waiting.id = document.id
    where waiting.before < :bytes and (document.lease_until is null or document.lease_until <= :now)
    order by document.id
    limit :most
    for update of document skip locked
)
update pushed_document as document
set lease_until = :until, tries = document.tries + 1
from due
join pushed_document as taken on taken.id = due.id
join push_subscription as subscription on subscription.id = taken.subscription_id
join source on source.id = subscription.source_id
where document.id = due.id
returning document.*, source.id as source_id, source.address
