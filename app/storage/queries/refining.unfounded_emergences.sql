-- Emergences not yet weighed, moved by some of these signals, none of whose signals carries one of their topics now.
select emergence.id
from emergence
where emergence.verdict = ''
    and cardinality(emergence.topics) > 0
    and emergence.signal_ids && cast(:ids as bigint[])
    and not exists (
        select from unnest(emergence.signal_ids) as moved (signal_id)
        join label on label.signal_id = moved.signal_id
            and label.kind = 'topic'
            and label.superseded_at is null
            and label.name = any (emergence.topics)
    )
order by emergence.id
