-- Judged predictions of an organisation's stories: each gave a chance to three outcomes, and one of them came.
select outlook.horizon, given.outcome, given.tenth, count(*) as predictions,
       count(distinct outlook.story_id) as stories, avg(given.chance) as predicted,
       avg(cast(outlook.came = given.outcome as int)) as came,
       sum(power(given.chance - cast(outlook.came = given.outcome as int), 2)) as squares
from outlook
join signal on signal.id = outlook.story_id
join source on source.id = signal.source_id and source.organisation_id = :organisation
cross join lateral (
    select outcome, chance, cast(least(floor(chance * 10), 9) as int) as tenth
    from (values ('fading', outlook.fading), ('holding', outlook.holding), ('growing', outlook.growing))
        as one (outcome, chance)
) as given
where outlook.made_at >= :since and outlook.came in ('fading', 'holding', 'growing')
group by outlook.horizon, given.outcome, given.tenth
order by outlook.horizon, given.outcome, given.tenth
