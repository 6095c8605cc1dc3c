"""create the coverage ledger"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LIVING = sa.text("state in ('raised', 'acknowledged')")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "expectation",
        sa.Column("source_id", sa.BigInteger(), nullable=False, comment="The source whose rhythm it is"),
        sa.Column("made_at", TIME, nullable=False, comment="When it was learnt; it is learnt anew every day"),
        sa.Column(
            "slots",
            postgresql.ARRAY(sa.REAL()),
            nullable=True,
            comment="Items an hour, Monday 0 o'clock first; null: too little said",
        ),
        sa.Column("per_day", sa.Float(), nullable=True, comment="Items on a usual day; null: too little said"),
        sa.Column(
            "spread",
            sa.Float(),
            server_default=sa.text("50"),
            nullable=False,
            comment="Size of the negative binomial of a day",
        ),
        sa.Column(
            "occasions", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="Hours in which it spoke"
        ),
        sa.Column(
            "known_for",
            postgresql.INTERVAL(),
            server_default=sa.text("'0'"),
            nullable=False,
            comment="How much past it is learnt from",
        ),
        sa.Column(
            "longest_pause",
            postgresql.INTERVAL(),
            server_default=sa.text("'0'"),
            nullable=False,
            comment="Between two hours of speech",
        ),
        sa.Column(
            "usual_mass",
            sa.Float(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Expected in its usual pauses, at most",
        ),
        sa.Column("last_at", TIME, nullable=True, comment="Last item heard of it"),
        sa.Column(
            "silent_after",
            TIME,
            nullable=True,
            comment="From then on its silence is none of its habits; null: cannot be said",
        ),
        sa.Column(
            "told_at",
            TIME,
            nullable=True,
            comment="When an emergence told of its present silence; null: it speaks, or nobody was told",
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_expectation_source_id_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_expectation")),
        comment="What a source usually says, by hour of the local week",
    )
    op.create_table(
        "coverage_hour",
        sa.Column("source_id", sa.BigInteger(), nullable=False, comment="Which source"),
        sa.Column("hour", TIME, nullable=False, comment="Which hour: its beginning"),
        sa.Column("expected", sa.REAL(), nullable=False, comment="Items that it usually says in this hour of the week"),
        sa.Column(
            "seen",
            sa.Integer(),
            nullable=False,
            comment="New items that we first saw in it, without a new source's backlog",
        ),
        sa.Column("polls", sa.Integer(), nullable=False, comment="Visits that went well"),
        sa.Column("failed", sa.Integer(), nullable=False, comment="Visits that failed"),
        sa.Column(
            "state",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="seen, quiet, silent, late, failing, blocked or not_asked",
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_coverage_hour_source_id_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", "hour", name=op.f("pk_coverage_hour")),
        comment="One source in one hour: what was to be heard, and what was heard; kept for 400 days",
    )
    op.create_index("ix_coverage_hour_hour", "coverage_hour", ["hour"])
    op.create_table(
        "listening",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False, comment="Whose ledger"),
        sa.Column("closed_until", TIME, nullable=False, comment="Hours before this one are in the ledger"),
        sa.Column(
            "awake_at",
            TIME,
            nullable=False,
            comment="When a worker last looked at the ledger: a long while without is a time without listening",
        ),
        sa.Column(
            "missed",
            postgresql.INTERVAL(),
            server_default=sa.text("'0'"),
            nullable=False,
            comment="Time without listening in the hour that is still open",
        ),
        sa.Column(
            "lost_at", TIME, nullable=True, comment="When an emergence told that coverage is lost; null: it is not"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_listening_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_listening")),
        comment="How far the ledger is written; locked while it is",
    )
    op.add_column(
        "watch",
        sa.Column(
            "is_own",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="Forkant's own hearing: matches no signals, raises what its ledger finds; cannot be woken or removed",
        ),
    )
    op.create_index("uq_watch_own", "watch", ["organisation_id"], unique=True, postgresql_where=sa.text("is_own"))
    for table in ("emergence", "alert"):
        op.add_column(
            table,
            sa.Column("source_id", sa.BigInteger(), nullable=True, comment="About which source; null: about none"),
        )
        op.create_foreign_key(
            op.f(f"fk_{table}_source_id_source"), table, "source", ["source_id"], ["id"], ondelete="CASCADE"
        )
        op.create_index(op.f(f"ix_{table}_source_id"), table, ["source_id"])
    op.drop_index("uq_alert_living", "alert")
    about = [sa.text("coalesce(story_id, 0)"), sa.text("coalesce(source_id, 0)")]
    op.create_index("uq_alert_living", "alert", ["watch_id", *about], unique=True, postgresql_where=LIVING)


def downgrade() -> None:
    op.drop_index("uq_alert_living", "alert")
    own = "(select id from watch where is_own)"
    op.execute(f"delete from alert where watch_id in {own}")
    op.execute(f"delete from watch where id in {own}")
    for table in ("alert", "emergence"):
        op.drop_column(table, "source_id")
    op.create_index(
        "uq_alert_living",
        "alert",
        ["watch_id", sa.text("coalesce(story_id, 0)")],
        unique=True,
        postgresql_where=LIVING,
    )
    op.drop_column("watch", "is_own")
    op.drop_table("listening")
    op.drop_table("coverage_hour")
    op.drop_table("expectation")
