-- Predictions whose time is over, with the story that theirs is part of by now, and whether anybody listened meanwhile:
-- what we did not hear did not fade.
select outlook.id, coalesce(story.merged_into, story.id) as root, outlook.made_at, outlook.horizon,
       exists (
           select 1 from poll
           where poll.at > outlook.made_at and poll.at <= outlook.due_at and poll.outcome <> 'failed') as was_heard
from outlook
join story on story.id = outlook.story_id
where outlook.came = '' and outlook.due_at <= :before
order by outlook.due_at, outlook.id
limit :limit
for update of outlook skip locked
