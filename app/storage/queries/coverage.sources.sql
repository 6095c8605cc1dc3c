-- The ledger by source, those that miss most first: sums, and the hours in order.
with ledger as (
    select coverage_hour.source_id,
        cast(sum(coverage_hour.expected) as float) as expected,
        cast(coalesce(sum(coverage_hour.expected) filter (where state in ('seen', 'quiet')), 0) as float) as heard,
        sum(coverage_hour.seen) as seen,
        count(*) filter (where state not in ('seen', 'quiet')) as unheard,
        bool_or(state = :state) as is_asked_for,
        array_agg(coverage_hour.hour order by coverage_hour.hour) as hours,
        array_agg(coverage_hour.state order by coverage_hour.hour) as states,
        array_agg(coverage_hour.expected order by coverage_hour.hour) as expecteds,
        array_agg(coverage_hour.seen order by coverage_hour.hour) as seens
    from coverage_hour
    where coverage_hour.hour >= :begin and coverage_hour.hour < :until
    group by coverage_hour.source_id
)
select source.id, source.name, source.address, source.stakeholder, source.tier, source.is_priority,
    expectation.silent_after,
    ledger.expected, ledger.heard, ledger.seen, ledger.hours, ledger.states, ledger.expecteds, ledger.seens
from ledger
join source on source.id = ledger.source_id
left join expectation on expectation.source_id = source.id
where source.organisation_id = :organisation
    and (cast(:sources as bigint[]) is null or source.id = any (cast(:sources as bigint[])))
    and (:state = '' or ledger.is_asked_for)
    and (:stakeholder = '' or source.stakeholder = :stakeholder)
order by (source.is_priority and ledger.unheard > 0) desc, ledger.expected - ledger.heard desc, ledger.unheard desc,
    lower(source.name), source.id
limit :limit offset :skip
