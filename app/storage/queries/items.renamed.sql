-- Items just stored whose words the source said before under another name, which its present document has no more.
-- One old name for each: where several items have the same words, the newest pairs come first.
with pair as (
    select
        new.id, new.source_id, new.guid, old.guid as old_guid,
        row_number() over (partition by new.id order by max(old.id) desc) as place_of_old,
        row_number() over (partition by old.guid order by new.id desc) as place_of_new
    from item as new
    join item as old
        on old.source_id = new.source_id and old.content_hash = new.content_hash and old.guid <> new.guid
    where new.id = any(cast(:ids as bigint[])) and new.content_hash <> ''
        and old.id <> all(cast(:ids as bigint[])) and old.guid <> all(cast(:present as text[]))
    group by new.id, new.source_id, new.guid, old.guid
)
select id, source_id, guid, old_guid
from pair
where place_of_old = 1 and place_of_new = 1
