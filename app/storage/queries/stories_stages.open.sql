-- Stories that have grown, or that an alert was raised about, and that stand nowhere yet for a watch that has to do with
-- them: each gets its place and the first line of its history.
with opened as (
    insert into story_stage (story_id, watch_id, set_at, looked_at, look_at)
    select told.story_id, told.watch_id, cast(:now as timestamptz), cast(:now as timestamptz), cast(:now as timestamptz)
    from (
        select alert.story_id, alert.watch_id
        from alert
        join story on story.id = alert.story_id
        where alert.changed_at >= :since and story.merged_into is null
        union
        select story.id, watch_hit.watch_id
        from story
        join story_member on story_member.story_id = story.id
        join watch_hit on watch_hit.signal_id = story_member.signal_id
        where story.id in (select story_id from story_member where joined_at >= :since)
            and story.merged_into is null and story.independent >= 2
    ) as told
    order by told.story_id, told.watch_id
    on conflict do nothing
    returning story_id, watch_id
)
insert into stage_change (story_id, watch_id, kind, before, after, at)
select story_id, watch_id, 'opened', '', 'potential', cast(:now as timestamptz)
from opened
order by story_id, watch_id
