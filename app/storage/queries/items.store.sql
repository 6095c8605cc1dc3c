-- Store the items of polls, oldest first: new ones as version 1, edits as the next version, and send each on its way.
-- A version with the same words that was there before is known: some sites show two versions in turn.
-- An item without a hash was taken back by its author: it is known too, whatever it says now.
with poll_given as (
    select *
    from unnest(
        cast(:source_ids as bigint[]), cast(:poll_ids as bigint[]), cast(:seen_ats as timestamptz[]),
        cast(:backlogs as boolean[])
    ) with ordinality as poll_given(source_id, poll_id, seen_at, is_backlog, number)
),
given as (
    select poll_given.source_id, poll_given.poll_id, poll_given.seen_at, poll_given.is_backlog, item_given.*
    from unnest(
        cast(:polls as integer[]), cast(:guids as text[]), cast(:titles as text[]), cast(:summaries as text[]),
        cast(:urls as text[]), cast(:authors as text[]), cast(:categories as text[]),
        cast(:said_ats as timestamptz[]), cast(:languages as text[]), cast(:hashes as text[])
    ) with ordinality as item_given(
        number, guid, title, summary, url, author, categories, said_at, language, content_hash, place
    )
    join poll_given on poll_given.number = item_given.number
),
stored as (
    select item.source_id, item.guid, max(item.version) as version, array_agg(item.content_hash) as hashes
    from item
    join given on given.source_id = item.source_id and given.guid = item.guid
    group by item.source_id, item.guid
),
new as (
    insert into item (
        source_id, poll_id, guid, version, title, summary, url, author, categories, said_at, language, seen_at,
        content_hash, is_backlog
    )
    select
        given.source_id, given.poll_id, given.guid, coalesce(stored.version, 0) + 1, given.title, given.summary,
        given.url, given.author, string_to_array(given.categories, chr(31)), given.said_at, given.language,
        given.seen_at, given.content_hash, given.is_backlog
    from given
    left join stored on stored.source_id = given.source_id and stored.guid = given.guid
    where stored.guid is null or ('' <> all (stored.hashes) and given.content_hash <> all (stored.hashes))
    order by given.place
    on conflict do nothing
    returning id, source_id, version, said_at
),
sent as (
    insert into progress (item_id) select id from new
)
select
    source_id,
    count(*) filter (where version = 1) as stored,
    count(*) filter (where version > 1) as edited,
    array_agg(id order by id) filter (where version = 1) as ids,
    array_agg(said_at order by id) filter (where version = 1) as said
from new
group by source_id
