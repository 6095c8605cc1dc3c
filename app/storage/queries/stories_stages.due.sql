-- What the rules are to look at: where something was grouped since, and where the time has come. The first condition finds
-- it by indexes; the last is what is asked again of a row that another worker has just let go.
select story_stage.*
from story_stage
join story on story.id = story_stage.story_id
where (story_stage.story_id, story_stage.watch_id) in (
        select grown.story_id, grown.watch_id
        from story_member
        join story_stage as grown on grown.story_id = story_member.story_id
            and grown.looked_at < story_member.joined_at
        where story_member.joined_at >= :since
        union
        select story_id, watch_id from story_stage where look_at <= :now)
  and story.merged_into is null
  and (story_stage.look_at <= :now or exists (
        select from story_member
        where story_member.story_id = story_stage.story_id and story_member.joined_at >= :since
            and story_member.joined_at > story_stage.looked_at))
order by story_stage.story_id, story_stage.watch_id
limit :limit
for update of story_stage skip locked
