-- Alerts that nobody took, moved by some of these signals, where no signal behind them carries one of their topics now.
select alert.id
from alert
where alert.state = 'raised'
    and cardinality(alert.topics) > 0
    and exists (
        select from emergence
        where emergence.alert_id = alert.id and emergence.signal_ids && cast(:ids as bigint[])
    )
    and not exists (
        select from emergence
        cross join lateral unnest(emergence.signal_ids) as moved (signal_id)
        join label on label.signal_id = moved.signal_id
            and label.kind = 'topic'
            and label.superseded_at is null
            and label.name = any (alert.topics)
        where emergence.alert_id = alert.id
    )
order by alert.id
