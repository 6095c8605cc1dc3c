-- Write down visits: the status of each source, what it tells of itself, and the account of its poll. A null leaves
-- the column as it was, but for the two moments that a visit that went well takes back.
with given as (
    select *
    from json_to_recordset(cast(:rows as json)) as given(
        source_id bigint, every double precision, next_poll_at timestamptz, health text, failures integer, error text,
        at timestamptz, went_well boolean, etag text, last_modified text, body_hash text, position text, moved_to text,
        last_success_at timestamptz, last_error_kind text, last_new_at timestamptz, habit double precision[],
        not_modified_at timestamptz, doubted_until timestamptz, oddity text, oddity_at timestamptz, skips smallint[],
        remarks text[], poll_id bigint, outcome text, took_ms integer, size bigint, entries integer, stored integer,
        edited integer, known integer, dropped jsonb, name text, language text, is_active boolean
    )
),
written as (
    update source_status as status
    set lease_until = null,
        leased_by = '',
        every = make_interval(secs => given.every),
        next_poll_at = given.next_poll_at,
        health = given.health,
        failures = given.failures,
        last_error = given.error,
        last_error_kind = given.last_error_kind,
        last_polled_at = given.at,
        etag = coalesce(given.etag, status.etag),
        last_modified = coalesce(given.last_modified, status.last_modified),
        body_hash = coalesce(given.body_hash, status.body_hash),
        position = coalesce(given.position, status.position),
        moved_to = coalesce(given.moved_to, status.moved_to),
        last_success_at = coalesce(given.last_success_at, status.last_success_at),
        last_new_at = coalesce(given.last_new_at, status.last_new_at),
        habit = coalesce(given.habit, status.habit),
        not_modified_at = case when given.went_well then given.not_modified_at else status.not_modified_at end,
        doubted_until = case when given.went_well then given.doubted_until else status.doubted_until end,
        oddity = coalesce(given.oddity, status.oddity),
        oddity_at = coalesce(given.oddity_at, status.oddity_at),
        skips = coalesce(given.skips, status.skips),
        remarks = coalesce(given.remarks, status.remarks)
    from given
    where status.source_id = given.source_id
),
told as (
    update source
    set name = coalesce(given.name, source.name),
        language = coalesce(given.language, source.language),
        is_active = coalesce(given.is_active, source.is_active)
    from given
    where source.id = given.source_id
        and (given.name is not null or given.language is not null or given.is_active is not null)
)
insert into poll (id, source_id, at, outcome, took_ms, size, entries, stored, edited, known, dropped, error)
select
    poll_id, source_id, at, outcome, took_ms, size, entries, stored, edited, known, dropped, error
from given
