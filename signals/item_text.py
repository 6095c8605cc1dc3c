"""Makes an item storable, and decides what counts as an edit of it."""

import html
import re
from dataclasses import replace
from hashlib import blake2b
from operator import le

from signals.types import Item

ERASED = "[…]"  # what people see where a title was that its author took back
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_REFUSED = re.compile("[\x00\x1f\ud800-\udfff]")
_TAG = re.compile(r"<[^<>]*>")  # linear: never looks beyond the next <
_MOST = {"guid": 1_000, "title": 4_096, "summary": 65_536, "url": 2_048, "author": 300, "language": 35}


def cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[:longest]


def storable(text: str, longest: int | None = None) -> str:
    """Without what Postgres refuses: NUL and halves of surrogate pairs."""
    clean = _UNSTORABLE.sub("", text)
    return clean if longest is None else cut(clean, longest)


def storable_item(item: Item) -> Item:
    if _is_storable(item):
        return item
    fields = {name: storable(getattr(item, name), longest) for name, longest in _MOST.items()}
    categories = tuple(filter(None, (storable(name.replace("\x1f", " "), 200) for name in item.categories)))
    return replace(item, **fields, categories=categories)  # type: ignore[arg-type]


def _is_storable(item: Item) -> bool:
    """Whether nothing needs to be done to an item: the way of nearly all."""
    lengths = (len(item.guid), len(item.title), len(item.summary), len(item.url), len(item.author), len(item.language))
    if not all(map(le, lengths, _MOST.values())) or not all(0 < len(name) <= 200 for name in item.categories):
        return False
    joined = "".join((item.guid, item.title, item.summary, item.url, item.author, item.language, *item.categories))
    return joined.isprintable() or not _REFUSED.search(joined)


def hash_words(text: str) -> str:
    return blake2b(text.encode("utf-8", errors="replace"), digest_size=16).hexdigest()


def content_hash(item: Item) -> str:
    """Of the words alone: new tracking links, pictures, white space or dates are no edit.

    >>> content_hash(Item("1", "Road <b>closed</b>")) == content_hash(Item("1", " Road closed", url="/new"))
    True
    """
    return hash_words(f"{_words(item.title)}\n{_words(item.summary)}")


def _words(text: str) -> str:
    plain = html.unescape(_TAG.sub(" ", text))
    if "  " not in plain and plain.isprintable():  # then its only white space is single blanks
        return plain.strip()
    return " ".join(plain.split())
