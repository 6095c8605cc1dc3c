"""Own training examples: lines of JSON to values; a bad line is told with its number and costs no other."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from app.errors import Invalid
from app.records.learning import BadLine, OwnExample
from app.services.checks import check_words
from classifiers.corpus import MOST_TOPICS, NONE
from classifiers.taxonomy import load_taxonomy
from signals.languages import LANGUAGES

MOST_LINES = 20_000
LONGEST = 2_000  # characters; the classifier looks at half of them


def read_examples(lines: Iterable[str]) -> tuple[tuple[OwnExample, ...], tuple[BadLine, ...]]:
    """The examples of a file of JSON Lines, and what is wrong with its other lines."""
    good: list[OwnExample] = []
    bad: list[BadLine] = []
    for number, line in enumerate(lines, start=1):
        if number > MOST_LINES:
            bad.append(BadLine(number, f"a file may have {MOST_LINES} lines: the rest was not read"))
            break
        if line.strip():
            try:
                good.append(to_example(_parsed(line), number))
            except Invalid as problem:
                bad.append(BadLine(number, str(problem)))
    return tuple(good), tuple(bad)


def read_given(rows: Sequence[Any]) -> tuple[tuple[OwnExample, ...], tuple[BadLine, ...]]:
    """The same for rows that are JSON values already."""
    return read_examples(json.dumps(row) for row in rows)


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        raise Invalid("this is no JSON") from None


def to_example(given: Any, number: int) -> OwnExample:
    if not isinstance(given, dict) or not isinstance(given.get("text"), str):
        raise Invalid('it needs "text", "lang" and "topics", such as {"text": "…", "lang": "nb", "topics": []}')
    topics = given.get("topics")
    if not isinstance(topics, list):
        raise Invalid('"topics" is a list of topic ids; an empty one says that it carries none')
    language = given.get("lang")
    if language not in LANGUAGES:
        raise Invalid(f'"lang" is one of {", ".join(sorted(LANGUAGES))}')
    named = tuple(dict.fromkeys(_topic(one) for one in topics if one != NONE))
    if len(named) > MOST_TOPICS:
        raise Invalid(f"at most {MOST_TOPICS} topics, most fitting first")
    return OwnExample(check_words(given["text"][:LONGEST], "text", LONGEST, least=1), language, named, number)


def _topic(given: Any) -> str:
    name = given.get("topic") if isinstance(given, dict) else given
    if not isinstance(name, str) or name not in load_taxonomy().topics:
        raise Invalid(f"there is no topic {str(name)[:60]!r}")
    return name
