-- How many sources of the ledger have an hour of each state; with the empty state: how many there are.
select state, count(distinct coverage_hour.source_id) as sources
from coverage_hour
join source on source.id = coverage_hour.source_id
where source.organisation_id = :organisation
    and (cast(:sources as bigint[]) is null or source.id = any (cast(:sources as bigint[])))
    and (:stakeholder = '' or source.stakeholder = :stakeholder)
    and coverage_hour.hour >= :begin and coverage_hour.hour < :until
group by grouping sets ((state), ())
