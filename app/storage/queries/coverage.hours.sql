-- The ledger by hour, over the sources that are asked for: what was expected, how much of that in hours that were
-- heard, the same weighed by tier, how much while nobody listened, what came, and how many sources stood how.
select coverage_hour.hour,
    cast(sum(coverage_hour.expected) as float) as expected,
    cast(coalesce(sum(coverage_hour.expected) filter (where state in ('seen', 'quiet')), 0) as float) as heard,
    cast(sum(coverage_hour.expected * weight.factor) as float) as weighed_expected,
    cast(coalesce(sum(coverage_hour.expected * weight.factor) filter (where state in ('seen', 'quiet')), 0) as float)
        as weighed_heard,
    cast(coalesce(sum(coverage_hour.expected) filter (where state = 'not_asked'), 0) as float) as not_asked,
    sum(coverage_hour.seen) as seen,
    count(*) as sources,
    count(*) filter (where state in ('seen', 'quiet')) as heard_sources
from coverage_hour
join source on source.id = coverage_hour.source_id
cross join lateral (select case source.tier when 1 then 4 when 2 then 2 else 1 end as factor) as weight
where source.organisation_id = :organisation
    and (:stakeholder = '' or source.stakeholder = :stakeholder)
    and coverage_hour.hour >= :begin and coverage_hour.hour < :until
    and (cast(:sources as bigint[]) is null or coverage_hour.source_id = any (cast(:sources as bigint[])))
group by coverage_hour.hour
order by coverage_hour.hour
