"""Makes an item storable, and decides what counts as an edit of it."""

import html
import re
from dataclasses import replace
from hashlib import blake2b

from signals.types import Item

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_TAG = re.compile(r"<[^<>]*>")  # linear: never looks beyond the next <
_MOST = {"guid": 1_000, "title": 4_096, "summary": 65_536, "url": 2_048, "author": 300, "language": 35}


def cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[:longest]


def storable(text: str, longest: int | None = None) -> str:
    """Without what Postgres refuses: NUL and halves of surrogate pairs."""
    clean = _UNSTORABLE.sub("", text)
    return clean if longest is None else cut(clean, longest)


def storable_item(item: Item) -> Item:
    fields = {name: storable(getattr(item, name), longest) for name, longest in _MOST.items()}
    categories = tuple(filter(None, (storable(name.replace("\x1f", " "), 200) for name in item.categories)))
    return replace(item, **fields, categories=categories)  # type: ignore[arg-type]


def hash_words(text: str) -> str:
    return blake2b(text.encode("utf-8", errors="replace"), digest_size=16).hexdigest()


def content_hash(item: Item) -> str:
    """Of the words alone: new tracking links, pictures, white space or dates are no edit.

    >>> content_hash(Item("1", "Road <b>closed</b>")) == content_hash(Item("1", " Road closed", url="/new"))
    True
    """
    return hash_words(f"{_words(item.title)}\n{_words(item.summary)}")


def _words(text: str) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", text)).split())
