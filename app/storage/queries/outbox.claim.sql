-- Deliveries that are due, for receivers that may be told now and to whom nobody else is talking. Order is kept per
-- receiver: the receiver's row is locked while its oldest due deliveries are leased. The conditions stand twice: a
-- delivery may have been leased, or sent, by another worker between being read and being locked.
with free as (
    select receiver.id
    from receiver
    where receiver.is_active
      and (receiver.held_until is null or receiver.held_until <= :now)
      and exists (
          select 1 from delivery
          where delivery.receiver_id = receiver.id and delivery.state = 'queued' and delivery.next_try_at <= :now)
      and not exists (
          select 1 from delivery
          where delivery.receiver_id = receiver.id and delivery.state = 'queued' and delivery.lease_until > :now)
    order by receiver.id
    limit :receivers
    for update skip locked
),
due as (
    select chosen.id
    from free
    cross join lateral (
        select delivery.id
        from delivery
        where delivery.receiver_id = free.id and delivery.state = 'queued' and delivery.next_try_at <= :now
        order by delivery.id
        limit :each
    ) as chosen
)
update delivery
set lease_until = :until, leased_by = :node, attempts = attempts + 1
from due
where delivery.id = due.id
  and delivery.state = 'queued'
  and (delivery.lease_until is null or delivery.lease_until <= :now)
returning delivery.id
