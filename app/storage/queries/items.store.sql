-- Store the items of one poll, oldest first: new ones as version 1, edits as the next version, and send each on
-- its way. A version with the same words that was there before is known: some sites show two versions in turn.
-- An item without a hash was taken back by its author: it is known too, whatever it says now.
with given as (
    select *
    from unnest(
        cast(:guids as text[]), cast(:titles as text[]), cast(:summaries as text[]), cast(:urls as text[]),
        cast(:authors as text[]), cast(:categories as text[]), cast(:said_ats as timestamptz[]),
        cast(:languages as text[]), cast(:hashes as text[])
    ) with ordinality as given(guid, title, summary, url, author, categories, said_at, language, content_hash, place)
),
stored as (
    select item.guid, max(item.version) as version, array_agg(item.content_hash) as hashes
    from item
    join given on given.guid = item.guid
    where item.source_id = :source_id
    group by item.guid
),
new as (
    insert into item (
        source_id, poll_id, guid, version, title, summary, url, author, categories, said_at, language, seen_at,
        content_hash, is_backlog
    )
    select
        :source_id, :poll_id, given.guid, coalesce(stored.version, 0) + 1, given.title, given.summary, given.url,
        given.author, string_to_array(given.categories, chr(31)), given.said_at, given.language, :now,
        given.content_hash, :is_backlog
    from given
    left join stored on stored.guid = given.guid
    where stored.guid is null or ('' <> all (stored.hashes) and given.content_hash <> all (stored.hashes))
    order by given.place desc
    on conflict do nothing
    returning id, version
),
sent as (
    insert into progress (item_id) select id from new
)
select
    count(*) filter (where version = 1) as stored,
    count(*) filter (where version > 1) as edited
from new
