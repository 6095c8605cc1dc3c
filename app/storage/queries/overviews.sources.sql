-- New items a day of each source, and on which days a visit went well; day 0 are the last 24 hours.
with visit as (
    select poll.source_id,
        cast(floor(extract(epoch from cast(:now as timestamptz) - poll.at) / 86400) as integer) as number,
        sum(poll.stored) as stored
    from poll
    join source on source.id = poll.source_id
    where source.organisation_id = :organisation
        and (cast(:source as bigint) is null or source.id = cast(:source as bigint))
        and poll.outcome <> 'failed'
        and poll.at > cast(:now as timestamptz) - cast(:days as integer) * interval '1 day'
        and poll.at <= cast(:now as timestamptz)
    group by 1, 2
)
select source_id, number, stored from visit
