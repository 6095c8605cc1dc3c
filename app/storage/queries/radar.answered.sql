-- What people were asked about lately: the stems, and the stories that it was made from.
select suggestion.id, suggestion.keys,
    array(
        select distinct coalesce(story_member.story_id, made.signal_id)
        from unnest(suggestion.signal_ids) as made (signal_id)
        left join story_member on story_member.signal_id = made.signal_id
    ) as story_ids
from suggestion
where suggestion.organisation_id = :organisation
    and case suggestion.state
        when 'open' then suggestion.made_at > :waiting_since
        else suggestion.answered_at > :answered_since
    end
order by suggestion.id
