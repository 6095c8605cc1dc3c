-- Recent signals of an organisation that nobody has judged or been asked about, with how many say the same, and whether
-- an alert about their story was dismissed in a way that may speak of the label. Never a restricted one.
select signal.id, signal.title, signal.text, signal.language,
    coalesce('story ' || story_member.story_id, 'text ' || signal.fingerprint) as family,
    coalesce(story.signals, 1) as alike,
    exists (
        select from alert
        where alert.story_id = story_member.story_id and alert.state = 'dismissed'
            and alert.dismiss_reason in ('not_relevant', 'wrong_subject')
    ) as is_disputed
from signal
join source on source.id = signal.source_id
left join story_member on story_member.signal_id = signal.id
left join story on story.id = story_member.story_id
where source.organisation_id = :organisation
    and signal.seen_at > cast(:since as timestamptz)
    and signal.copy_of is null
    and signal.sensitivity <> 'restricted'
    and signal.fingerprint <> ''
    and signal.language = any (cast(:languages as text[]))
    and not exists (select from judgement where judgement.signal_id = signal.id)
    and not exists (
        select from question
        join story_member as asked on asked.signal_id = question.signal_id
        where asked.story_id = story_member.story_id and question.organisation_id = source.organisation_id
    )
    and not exists (
        select from question where question.signal_id = signal.id and question.organisation_id = source.organisation_id
    )
order by signal.id desc
limit :most
