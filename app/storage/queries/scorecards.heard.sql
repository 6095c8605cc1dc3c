-- Of each source: what it usually says in a time, and how much of that fell into hours in which it was heard.
select coverage_hour.source_id,
    cast(sum(coverage_hour.expected) as float) as expected,
    cast(coalesce(sum(coverage_hour.expected) filter (where state in ('seen', 'quiet')), 0) as float) as heard,
    count(*) as hours,
    count(*) filter (where state in ('seen', 'quiet')) as heard_hours
from coverage_hour
join source on source.id = coverage_hour.source_id
where source.organisation_id = :organisation
    and coverage_hour.hour >= :begin and coverage_hour.hour < :until
group by coverage_hour.source_id
order by coverage_hour.source_id
