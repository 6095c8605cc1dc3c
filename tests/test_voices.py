"""Nothing counts publishers but signals.publishers: sources, names and families are not counted anywhere else."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
COUNTS = re.compile(
    r"""count\s*\(\s*distinct[^)]*(?:family|source|publisher|wire)   # SQL
    | (?:family|source_id|source_name|publishers?|wire)\.distinct\(\)  # SQLAlchemy
    | \b(?:len|set|frozenset|Counter)\s*\(\s*[\[{(]?\s*[\w.]*(?:\.family|\.source_name|\.source_id|\.wire)\b
    | [\w.]*(?:\.family|\.source_name|\.wire)\s+for\s+\w+\s+in
    | group\s+by\s[^;\n]*\b(?:family|wire)\b""",
    re.IGNORECASE | re.VERBOSE,
)
# What may: sources as places that we listen to, which is not who speaks.
MAY = {"app/storage/queries/coverage.states.sql", "signals/publishers.py"}


def counting(text: str) -> list[str]:
    return [found.group() for found in COUNTS.finditer(text)]


def test_only_signals_publishers_counts_who_speaks() -> None:
    files = [path for folder in ("app", "classifiers", "signals") for path in (ROOT / folder).rglob("*")]
    read = {str(one.relative_to(ROOT)): one.read_text() for one in files if one.suffix in (".py", ".sql")}
    assert len(read) > 200
    assert {name: counting(text) for name, text in read.items() if name not in MAY and counting(text)} == {}


def test_the_search_finds_what_it_is_there_to_find() -> None:
    for sample in (
        "select count(distinct signal.family) from signal",
        "select count( DISTINCT source_id) from signal",
        "func.count(signal.c.family.distinct())",
        "len({signal.family for signal in signals})",
        "len(set(hit.signal.source_name for hit in hits))",
        "Counter(one.family for one in told)",
        "select family, count(*) from signal group by family",
    ):
        assert counting(sample), sample
    assert not counting("len(independent_publishers(signals))")
