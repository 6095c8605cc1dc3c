-- How stories went: signals by the hour in which we heard them, the last of them, and when a medium of tier 1 first told
-- it. New versions of an item that was there, and our own releases, move nothing.
select hours.story_id, array_agg(hours.hour order by hours.hour) as hours,
    array_agg(hours.signals order by hours.hour) as signals,
    max(hours.last_seen_at) as last_seen_at, min(hours.tier1_at) as tier1_at
from (
    select story_member.story_id, date_trunc('hour', signal.seen_at, 'UTC') as hour,
        count(*) as signals, max(signal.seen_at) as last_seen_at,
        min(signal.seen_at) filter (where signal.tier = 1 and signal.stakeholder = 'media') as tier1_at
    from story_member
    join signal on signal.id = story_member.signal_id
    where story_member.story_id = any (cast(:stories as bigint[]))
        and signal.copy_kind <> 'edit' and signal.release <> 'ours'
    group by 1, 2
) as hours
group by hours.story_id
