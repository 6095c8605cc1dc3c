-- Families and hosts of which nothing was heard from a moment on, though something was expected of them and somebody
-- listened.
with house as (
    select coalesce(nullif(source.family, ''), lower(substring(source.address from '://([^/?#:]+)'))) as name,
        source.id, sum(coverage_hour.expected) as expected,
        bool_or(state in ('seen', 'quiet', 'silent')) as is_heard,
        bool_or(state in ('failing', 'blocked')) as is_tried
    from coverage_hour
    join source on source.id = coverage_hour.source_id
    where source.organisation_id = :organisation and source.is_active
        and coverage_hour.hour >= :begin and coverage_hour.hour < :until
    group by 1, source.id
)
select name, count(*) as sources, cast(sum(expected) as float) as expected
from house
where name <> ''
group by name
having not bool_or(is_heard) and bool_and(is_tried) and count(*) >= :least and sum(expected) >= 1
order by sum(expected) desc, name
