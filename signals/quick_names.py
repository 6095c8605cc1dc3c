"""What feedparser calls the elements and attributes of a document, for those of which that is certain."""

from collections.abc import Mapping

from feedparser.mixin import _FeedParserMixin
from feedparser.util import FeedParserDict

XHTML = "http://www.w3.org/1999/xhtml"

_KNOWN = {uri.lower(): name for uri, name in _FeedParserMixin.namespaces.items()}
_OWN_NAMES = {name.lower() for name in _KNOWN.values()}
_USERLAND = "backend.userland.com/rss"

# Where feedparser keeps what we ask for: an unknown element of such a name would write into it.
_TAKEN = (
    FeedParserDict.keymap.keys()
    | {key for keys in FeedParserDict.keymap.values() for key in ([keys] if isinstance(keys, str) else keys)}
    | {"author", "authors", "author_detail", "content", "created", "image", "language", "link", "links", "published"}
    | {"source", "tags", "textinput", "title", "title_detail", "summary", "updated", "contributors", "publisher"}
)  # fmt: skip
_SPOKEN_LOW = frozenset({"rel", "type"})


class Declined(Exception):
    """This document is for feedparser."""


class Names:
    """The names of one document's elements, as its prefixes have been declared so far."""

    def __init__(self) -> None:
        self.version = ""
        self._in_use: dict[str, str] = {}  # prefix, feedparser's own where it knows the vocabulary, to uri
        self._declared: dict[str, str] = {}
        self._bare: set[str] = set()  # unknown vocabularies whose elements went by without a prefix

    def declare(self, prefix: str | None, uri: str | None) -> None:
        """A declaration, in the order of the document."""
        if not uri:
            return
        known = _known(uri)
        if not self.version:
            self.version = _version(prefix, uri.lower())
        if prefix and self._declared.setdefault(prefix, uri) != uri:
            raise Declined("a prefix with two meanings")
        if known is None and prefix and (self._in_use.get(prefix, uri) != uri or uri in self._bare):
            raise Declined("a vocabulary with two prefixes")
        if known is not None and prefix and prefix.lower() in _OWN_NAMES and prefix.lower() != known.lower():
            raise Declined("a prefix that feedparser knows in another meaning")
        if uri.split() != [uri]:
            raise Declined("white space in the name of a vocabulary")
        name = (prefix or "") if known is None else known
        if known and _known(self._in_use.get(known, uri)) is None:
            raise Declined("a prefix with two meanings")
        self._in_use[name] = uri

    def name(self, expat_name: str) -> tuple[str, bool]:
        """`title`, `dc_creator`: what feedparser's methods are named after; and whether it stands without a prefix."""
        uri, _, local = expat_name.rpartition(" ")
        known = _known(uri)
        if known is None:
            known = next((name for name, used in self._in_use.items() if name and used == uri), "").lower()
            if not known:
                self._bare.add(uri)
        return (f"{known.lower()}_{local.lower()}", False) if known else (local.lower(), True)


def _known(uri: str) -> str | None:
    """feedparser's prefix for a vocabulary; empty: its elements need none; None: it does not know it."""
    lower = uri.lower()
    return "" if _USERLAND in lower else _KNOWN.get(lower)


def is_free(name: str) -> bool:
    """Whether feedparser has no rule for this element, and keeps it where we never look."""
    has_rule = hasattr(_FeedParserMixin, f"_start_{name}") or hasattr(_FeedParserMixin, f"_end_{name}")
    return not has_rule and name not in _TAKEN


def attributes_of(given: Mapping[str, str]) -> dict[str, str]:
    """Attributes by feedparser's names."""
    found = {}
    for expat_name, value in given.items():
        name = expat_name.lower()
        if name == "base" or " " in name:
            return _with_foreign(given)
        found[name] = value.lower() if name in _SPOKEN_LOW else value
    return found


def _with_foreign(given: Mapping[str, str]) -> dict[str, str]:
    """One of a vocabulary that feedparser does not know is read like a plain one, where there is no plain one."""
    found = {}
    for expat_name in sorted(given, key=_is_plain):
        value, name = given[expat_name], expat_name.lower()
        if " " in name:
            uri, local = expat_name.split(" ")
            found[name] = value
            prefix = _known(uri)
            name = f"{prefix}:{local.lower()}" if prefix else local.lower()
        if name in ("base", "xml:base"):
            raise Declined("xml:base")
        found[name] = value.lower() if name in _SPOKEN_LOW else value
    return found


def _is_plain(name: str) -> bool:
    return " " not in name


def _version(prefix: str | None, uri: str) -> str:
    if prefix is None and uri == "http://my.netscape.com/rdf/simple/0.9/":
        return "rss090"
    return {"http://purl.org/rss/1.0/": "rss10", "http://www.w3.org/2005/atom": "atom10"}.get(uri, "")
