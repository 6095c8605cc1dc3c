"""Learning from people: what they judged, the models made of it, and what is asked of them next."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.schema.base import belongs_to, key, metadata, moment, said, words

judgement = Table(
    "judgement",
    metadata,
    key("Number of the judgement"),
    belongs_to("organisation.id", "organisation_id", "Whose model it teaches", index=True),
    belongs_to("signal.id", "signal_id", "What was judged; null: a text of its own", null=True, index=True),
    said("text", "A text of its own; empty: that of the signal, which is read anew each time"),
    said("language", "Of the text of its own"),
    said("family", "The same for texts that say the same: decides whether it is held out"),
    said("topic", "Id of a topic, or none"),
    Column("is_right", Boolean, nullable=False, comment="Does the text carry it?"),
    said("origin", "label: a correction on a page; asked: a question answered; file or api: examples of their own"),
    said("reason", "In the judge's words"),
    said("judge", "Who, for good: person 3 or key 7f3k"),
    said("judged_by", "Who, as called then"),
    moment("at", "When"),
    moment("withdrawn_at", "Taken back; null: it counts", null=True),
    said("withdrawn_by", "Who took it back"),
    comment="One person's word on one topic of one text",
)
Index("ix_judgement_judge", judgement.c.organisation_id, judgement.c.judge, judgement.c.at)

forgotten = Table(
    "forgotten",
    metadata,
    belongs_to("organisation.id", "organisation_id", "Whose model it taught"),
    said("judge", "Who, for good: person 3 or key 7f3k"),
    moment("until", "What they did with alerts until then teaches nothing"),
    said("forgotten_by", "Who decided so"),
    PrimaryKeyConstraint("organisation_id", "judge"),
    comment="Whose deeds of before teach nothing; their judgements are marked one by one",
)

model = Table(
    "model",
    metadata,
    key("Number of the model"),
    belongs_to("organisation.id", "organisation_id", "Whose; null: the one that ships with Forkant", null=True),
    said("kind", "What it judges", "topics"),
    said("version", "As in the `by` of its labels"),
    said("hash", "SHA-256 of its file"),
    Column("content", LargeBinary, nullable=True, comment="Its file; null: shipped, or long retired"),
    Column("threshold", Float, nullable=False, server_default=text("0"), comment="From which score on it labels"),
    said("trained_from", "Digest of all that it was trained on"),
    said("corpus", "Digest of the seed corpus among that; empty: not known"),
    Column("judgements", BigInteger, nullable=False, server_default=text("0"), comment="The last one it has seen"),
    said("state", "candidate, shadow, live or retired", "candidate"),
    Column("metrics", JSONB, nullable=False, server_default=text("'{}'"), comment="Its scorecard when it was made"),
    moment("made_at", "When it was trained or brought in"),
    said("made_by", "forkant, or who brought it in", "forkant"),
    moment("promoted_at", "When it last came into use", null=True),
    said("promoted_by", "Who decided so: a person, or rule"),
    said("why", "Why it was promoted, retired or held"),
    moment("retired_at", "When it went out of use, or another took its place in shadow", null=True),
    UniqueConstraint("organisation_id", "kind", "version", postgresql_nulls_not_distinct=True),
    comment="A classifier that was trained, and what became of it",
)
Index(
    "uq_model_live",
    model.c.organisation_id,
    model.c.kind,
    unique=True,
    postgresql_where=text("state = 'live' and organisation_id is not null"),
)
Index("uq_model_shadow", model.c.organisation_id, model.c.kind, unique=True, postgresql_where=text("state = 'shadow'"))

canary = Table(
    "canary",
    metadata,
    key("Number of the canary"),
    belongs_to("organisation.id", "organisation_id", "Whose; those of Forkant itself stand in a file", index=True),
    said("text", "What is said"),
    said("language", "In which language"),
    words("must", "Topics that must be given"),
    words("must_not", "Topics that must not be given; any: none at all"),
    said("note", "Why it must never flip"),
    said("made_by", "Who added it"),
    moment("made_at", "When"),
    comment="An example that no model may get wrong once one has got it right",
)

shadow = Table(
    "shadow",
    metadata,
    Column(
        "model_id",
        BigInteger,
        ForeignKey("model.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        comment="Which model runs in shadow",
    ),
    Column("read_until", BigInteger, nullable=False, comment="The last signal that it has labelled"),
    Column("signals", Integer, nullable=False, server_default=text("0"), comment="How many it has labelled"),
    Column("flags_before", Integer, nullable=False, server_default=text("0"), comment="Flagged by the one in use"),
    Column("flags_now", Integer, nullable=False, server_default=text("0"), comment="Flagged by it"),
    Column("gained", Integer, nullable=False, server_default=text("0"), comment="Flagged by it only"),
    Column("lost", Integer, nullable=False, server_default=text("0"), comment="Flagged by the one in use only"),
    Column("moved", Integer, nullable=False, server_default=text("0"), comment="Flagged by both, with other topics"),
    Column(
        "examples",
        JSONB,
        nullable=False,
        server_default=text("'[]'"),
        comment="[{signal_id, before, now}], the latest that differ",
    ),
    comment="What a model would have said, beside what was said; shown to nobody but those who decide on it",
)

question = Table(
    "question",
    metadata,
    belongs_to("organisation.id", "organisation_id", "Who is asked"),
    belongs_to("signal.id", "signal_id", "About which signal", index=True),
    said("topic", "Does it carry this topic?"),
    Column("score", Float, nullable=False, comment="What the model thought"),
    Column("threshold", Float, nullable=False, comment="From which score on it would have said so"),
    Column("alike", Integer, nullable=False, comment="How many say the same"),
    Column("worth", Float, nullable=False, comment="How much an answer would teach"),
    moment("asked_at", "When it was chosen"),
    moment("answered_at", "Answered or passed over", null=True),
    said("answered_by", "By whom"),
    PrimaryKeyConstraint("organisation_id", "signal_id"),
    comment="What Forkant would like to know",
)

learning = Table(
    "learning",
    metadata,
    Column(
        "organisation_id",
        BigInteger,
        ForeignKey("organisation.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        comment="Whose",
    ),
    moment("lease_until", "Somebody is training until then", null=True),
    moment("tried_at", "When a training last began", null=True),
    moment("asked_at", "When questions were last chosen", null=True),
    said("note", "What came of the last training, in words"),
    comment="Where an organisation's learning stands",
)
