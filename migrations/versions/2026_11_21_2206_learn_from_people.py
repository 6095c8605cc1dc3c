"""learn from people"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ORGANISATION = "organisation"


def key(comment: str) -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False, comment=comment)


def number(name: str, comment: str, *, null: bool = False) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, sa.BigInteger(), nullable=null, autoincrement=False, comment=comment)


def count(name: str, comment: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False, comment=comment)


def said(name: str, comment: str, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=sa.text(f"'{default}'"), nullable=False, comment=comment)


def words(name: str, comment: str) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False, comment=comment)


def moment(name: str, comment: str, *, null: bool = False) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null, comment=comment)


def held(name: str, comment: str, default: str) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(
        name,
        postgresql.JSONB(astext_type=sa.Text()),
        server_default=sa.text(f"'{default}'"),
        nullable=False,
        comment=comment,
    )


def refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    create_judgements()
    create_models()
    create_questions()


def create_judgements() -> None:
    op.create_table(
        "judgement",
        key("Number of the judgement"),
        number("organisation_id", "Whose model it teaches"),
        number("signal_id", "What was judged; null: a text of its own", null=True),
        said("text", "A text of its own; empty: that of the signal, which is read anew each time"),
        said("language", "Of the text of its own"),
        said("family", "The same for texts that say the same: decides whether it is held out"),
        said("topic", "Id of a topic, or none"),
        sa.Column("is_right", sa.Boolean(), nullable=False, comment="Does the text carry it?"),
        said("origin", "label: a correction on a page; asked: a question answered; file or api: examples of their own"),
        said("reason", "In the judge's words"),
        said("judge", "Who, for good: person 3 or key 7f3k"),
        said("judged_by", "Who, as called then"),
        moment("at", "When"),
        moment("withdrawn_at", "Taken back; null: it counts", null=True),
        said("withdrawn_by", "Who took it back"),
        refers("judgement", "organisation_id", ORGANISATION),
        refers("judgement", "signal_id", "signal"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgement")),
        comment="One person's word on one topic of one text",
    )
    op.create_index(op.f("ix_judgement_organisation_id"), "judgement", ["organisation_id"])
    op.create_index(op.f("ix_judgement_signal_id"), "judgement", ["signal_id"])
    op.create_index("ix_judgement_judge", "judgement", ["organisation_id", "judge", "at"])
    op.create_table(
        "forgotten",
        number("organisation_id", "Whose model it taught"),
        said("judge", "Who, for good: person 3 or key 7f3k"),
        moment("until", "What they did with alerts until then teaches nothing"),
        said("forgotten_by", "Who decided so"),
        refers("forgotten", "organisation_id", ORGANISATION),
        sa.PrimaryKeyConstraint("organisation_id", "judge", name=op.f("pk_forgotten")),
        comment="Whose deeds of before teach nothing; their judgements are marked one by one",
    )
    op.create_table(
        "canary",
        key("Number of the canary"),
        number("organisation_id", "Whose; those of Forkant itself stand in a file"),
        said("text", "What is said"),
        said("language", "In which language"),
        words("must", "Topics that must be given"),
        words("must_not", "Topics that must not be given; any: none at all"),
        said("note", "Why it must never flip"),
        said("made_by", "Who added it"),
        moment("made_at", "When"),
        refers("canary", "organisation_id", ORGANISATION),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canary")),
        comment="An example that no model may get wrong once one has got it right",
    )
    op.create_index(op.f("ix_canary_organisation_id"), "canary", ["organisation_id"])


def create_models() -> None:
    op.create_table(
        "model",
        key("Number of the model"),
        number("organisation_id", "Whose; null: the one that ships with Forkant", null=True),
        said("kind", "What it judges", "topics"),
        said("version", "As in the `by` of its labels"),
        said("hash", "SHA-256 of its file"),
        sa.Column("content", sa.LargeBinary(), nullable=True, comment="Its file; null: shipped, or long retired"),
        sa.Column(
            "threshold",
            sa.Float(),
            server_default=sa.text("0"),
            nullable=False,
            comment="From which score on it labels",
        ),
        said("trained_from", "Digest of all that it was trained on"),
        said("corpus", "Digest of the seed corpus among that; empty: not known"),
        sa.Column(
            "judgements",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="The last one it has seen",
        ),
        said("state", "candidate, shadow, live or retired", "candidate"),
        held("metrics", "Its scorecard when it was made", "{}"),
        moment("made_at", "When it was trained or brought in"),
        said("made_by", "forkant, or who brought it in", "forkant"),
        moment("promoted_at", "When it last came into use", null=True),
        said("promoted_by", "Who decided so: a person, or rule"),
        said("why", "Why it was promoted, retired or held"),
        moment("retired_at", "When it went out of use, or another took its place in shadow", null=True),
        refers("model", "organisation_id", ORGANISATION),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model")),
        sa.UniqueConstraint(
            "organisation_id",
            "kind",
            "version",
            name=op.f("uq_model_organisation_id_kind_version"),
            postgresql_nulls_not_distinct=True,
        ),
        comment="A classifier that was trained, and what became of it",
    )
    live = sa.text("state = 'live' and organisation_id is not null")
    op.create_index("uq_model_live", "model", ["organisation_id", "kind"], unique=True, postgresql_where=live)
    op.create_index(
        "uq_model_shadow",
        "model",
        ["organisation_id", "kind"],
        unique=True,
        postgresql_where=sa.text("state = 'shadow'"),
    )
    op.create_table(
        "shadow",
        number("model_id", "Which model runs in shadow"),
        number("read_until", "The last signal that it has labelled"),
        count("signals", "How many it has labelled"),
        count("flags_before", "Flagged by the one in use"),
        count("flags_now", "Flagged by it"),
        count("gained", "Flagged by it only"),
        count("lost", "Flagged by the one in use only"),
        count("moved", "Flagged by both, with other topics"),
        held("examples", "[{signal_id, before, now}], the latest that differ", "[]"),
        refers("shadow", "model_id", "model"),
        sa.PrimaryKeyConstraint("model_id", name=op.f("pk_shadow")),
        comment="What a model would have said, beside what was said; shown to nobody but those who decide on it",
    )


def create_questions() -> None:
    op.create_table(
        "question",
        number("organisation_id", "Who is asked"),
        number("signal_id", "About which signal"),
        said("topic", "Does it carry this topic?"),
        sa.Column("score", sa.Float(), nullable=False, comment="What the model thought"),
        sa.Column("threshold", sa.Float(), nullable=False, comment="From which score on it would have said so"),
        sa.Column("alike", sa.Integer(), nullable=False, comment="How many say the same"),
        sa.Column("worth", sa.Float(), nullable=False, comment="How much an answer would teach"),
        moment("asked_at", "When it was chosen"),
        moment("answered_at", "Answered or passed over", null=True),
        said("answered_by", "By whom"),
        refers("question", "organisation_id", ORGANISATION),
        refers("question", "signal_id", "signal"),
        sa.PrimaryKeyConstraint("organisation_id", "signal_id", name=op.f("pk_question")),
        comment="What Forkant would like to know",
    )
    op.create_index(op.f("ix_question_signal_id"), "question", ["signal_id"])
    op.create_table(
        "learning",
        number("organisation_id", "Whose"),
        moment("lease_until", "Somebody is training until then", null=True),
        moment("tried_at", "When a training last began", null=True),
        moment("asked_at", "When questions were last chosen", null=True),
        said("note", "What came of the last training, in words"),
        refers("learning", "organisation_id", ORGANISATION),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_learning")),
        comment="Where an organisation's learning stands",
    )


def downgrade() -> None:
    for table in ("learning", "question", "shadow", "model", "canary", "forgotten", "judgement"):
        op.drop_table(table)
