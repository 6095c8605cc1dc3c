"""Which agency or release service a text comes from, told by by-line, dateline, sign-off or category.

Theory of operation. A paper that prints an agency's text says so in a few fixed forms, and only at the edges: in the
author field ("NTB", "Kari Nordmann, NTB Nyheter"), as a category ("Artikler fra NTB"), before the first sentence
("OSLO (NTB) –", "Av Ritzau") or after the last one ("(©NTB)", "/ritzau/"). We look nowhere else, with anchored patterns
on the first and last hundred characters, so that no text can make this slow (SE-09).

What is no origin. A citation ("skriver NTB", "according to Reuters", "melder Ritzau") says where a fact is from; the
words are the paper's own, and it counts as a voice of its own. A picture's credit ("Foto: Kari Nordmann / NTB") says
nothing of the words: a sign-off must follow a finished sentence. "Kari Nordmann og NTB" is a joint text, to which the
paper has added something: no origin. "NTB-Reuters" is NTB's text, the agency that is named first.

Short names mean other things too (AP is a party in Norway, TT a race, PA an assistant): they must be spelt as the
agency spells them, and are believed in fewer places.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

EDGE = 120  # characters at each end of a text that are looked at
LONGEST_AUTHOR = 200


@dataclass(frozen=True, slots=True)
class Agency:
    """Somebody whose texts are printed by many. `name` is written as its voice, and kept with the signal."""

    name: str
    spellings: tuple[str, ...]  # in by-lines, longest first; as the agency writes them
    hosts: tuple[str, ...] = ()
    is_release: bool = False  # passes on what others send: the words are the sender's
    is_ambiguous: bool = False  # its short name means other things too


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a text comes from, and the words that tell it."""

    agency: str
    where: str  # author, category, start or end
    words: str
    span: tuple[int, int]  # of these words in that field


# Hosts and spellings: the agencies' own sites and style, as of 2026. A new agency is a new line.
AGENCIES = (
    Agency(
        "NTB Kommunikasjon",
        ("NTB Kommunikasjon", "NTB kommunikasjon", "NTB Pressemelding"),
        ("kommunikasjon.ntb.no", "via.ntb.no"),
        is_release=True,
    ),
    Agency("NTB", ("NTB Nyheter", "NTB nyheter", "NTB Direkte", "NTB"), ("ntb.no",)),
    Agency("NPK", ("Nynorsk pressekontor", "NPK-NTB", "NPK"), ("npk.no",)),
    Agency("Via TT", ("Via TT",), ("via.tt.se",), is_release=True),
    Agency("TT", ("TT Nyhetsbyrån", "Nyhetsbyrån TT", "TT-nyhetsbyrån", "TT"), ("tt.se",), is_ambiguous=True),
    Agency("Siren", ("Nyhetsbyrån Siren", "Siren"), ("siren.se",), is_ambiguous=True),
    Agency("Via Ritzau", ("Via Ritzau", "via Ritzau"), ("via.ritzau.dk",), is_release=True),
    Agency("Ritzau", ("Ritzaus Bureau", "Ritzau Finans", "RITZAU", "Ritzau", "ritzau"), ("ritzau.dk", "ritzau.com")),
    Agency("ANP Persportaal", ("ANP Persportaal", "ANP Pers Support"), ("persportaal.anp.nl",), is_release=True),
    Agency("ANP", ("ANP Productie", "ANP/RTL", "ANP"), ("anp.nl",)),
    Agency("Belga", ("Agence Belga", "Belga News Agency", "BELGA", "Belga"), ("belga.be", "belganewsagency.eu")),
    Agency("STT Info", ("STT Info", "STT info"), ("sttinfo.fi",), is_release=True),
    Agency("STT", ("STT–Lehtikuva", "STT-Lehtikuva", "FNB", "SPT", "STT"), ("stt.fi",), is_ambiguous=True),
    Agency("Reuters", ("Thomson Reuters", "Reuters Staff", "REUTERS", "Reuters"), ("reuters.com",)),
    Agency("AP", ("The Associated Press", "Associated Press", "AP"), ("apnews.com", "ap.org"), is_ambiguous=True),
    Agency("AFP", ("Agence France-Presse", "AFP"), ("afp.com",)),
    Agency("DPA", ("Deutsche Presse-Agentur", "DPA", "dpa"), ("dpa.com",)),
    Agency("PA Media", ("Press Association", "PA Media", "PA News Agency", "PA"), ("pa.media",), is_ambiguous=True),
    Agency("Bloomberg", ("Bloomberg News", "Bloomberg"), ("bloomberg.com",)),
    Agency("EFE", ("Agencia EFE", "EFE"), ("efe.com",)),
    Agency("UPI", ("United Press International", "UPI"), ("upi.com",)),
    Agency("Cision", ("Cision News", "Cision"), ("news.cision.com", "cision.com"), is_release=True),
    Agency("Mynewsdesk", ("Mynewsdesk", "MyNewsdesk"), ("mynewsdesk.com",), is_release=True),
    Agency("GlobeNewswire", ("GLOBE NEWSWIRE", "GlobeNewswire", "Globe Newswire"), ("globenewswire.com",), True),
    Agency("PR Newswire", ("PRNewswire", "PR Newswire", "PRNEWSWIRE"), ("prnewswire.com", "prnewswire.co.uk"), True),
    Agency("Business Wire", ("BUSINESS WIRE", "Business Wire"), ("businesswire.com",), is_release=True),
)
_BY_SPELLING = {spelling: agency for agency in AGENCIES for spelling in agency.spellings}
# An ambiguous agency's short spellings are unsure; its long ones ("Associated Press") are not.
_SURE_SPELLINGS = {one: agency for one, agency in _BY_SPELLING.items() if not agency.is_ambiguous or len(one) > 5}
_BY_FOLDED = {spelling.casefold(): agency for spelling, agency in _SURE_SPELLINGS.items()}


def _either(spellings: Iterable[str]) -> str:
    return "(?:" + "|".join(map(re.escape, sorted(spellings, key=len, reverse=True))) + ")"


_ANY = _either(_BY_SPELLING)
_SURE = _either(_SURE_SPELLINGS)
_SEVERAL = rf"(?P<name>{_ANY})(?:\s?[-–/,&]\s?{_ANY}){{0,3}}"
_SEVERAL_SURE = rf"(?P<name>{_SURE})(?:\s?[-–/,&]\s?{_ANY}){{0,3}}"
# "OSLO", "WASHINGTON, D.C.", "STOCKHOLM, Nov. 3, 2026": capitals, then perhaps a date.
_CAPITALS = r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'.\-/ ]{1,30}(?:,\s?[\w.'\- ]{1,20}){0,3}"
_PLACE = r"[A-ZÀ-ÖØ-Þ][\w.'\-]{1,20}(?:[ ,/]{1,2}[A-ZÀ-ÖØ-Þ\d][\w.'\-]{0,20}){0,2}"
_DASH = r"\s?(?:--|[-–—:])"
_BY = r"(?:[Aa]v|AV|[Aa]f|AF|[Bb]y|BY|[Dd]oor|DOOR|[Tt]ekst:|[Tt]ext:|Från:?|Fra:?)"
_PERSON = r"(?:[^\W\d_][\w.'\-]{0,20}\s){1,4}?"
_CLOSED = r"(?:\n|$|--|[-–—:|])"
_START = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\s*{_CAPITALS}\s?[(/]\s?{_SEVERAL}\s?[)/]",  # OSLO (NTB) –, LONDON, Nov. 4 /PRNewswire/ --
        rf"\s*(?:{_PLACE}\s?)?\(\s?{_SEVERAL_SURE}\s?\){_DASH}",  # Oslo (NTB):, (ANP) -
        rf"\s*(?:{_PLACE}\s?)?/\s?{_SEVERAL_SURE}\s?/",  # /ritzau/
        rf"\s*{_SEVERAL_SURE}\s?(?:--|[–—])\s?{_PLACE}\s?[:.]",  # NTB – Oslo:
        # Av Ritzau, By The Associated Press; a journalist of the agency may stand between
        rf"\s*{_BY}\s{_SEVERAL}\s*{_CLOSED}",
        rf"\s*{_BY}\s{_PERSON}(?:of\sthe\s)?[(,/|]?\s?{_SEVERAL_SURE}\)?\s*{_CLOSED}",
    )
)
# After a finished sentence: (©NTB), © NTB, /ritzau/, (TT), – Belga, ANP.
_END = tuple(
    re.compile(rf"(?:[.!?…»”\"'’)\]]|\n)\s*(?P<mark>{mark})\s*\.?\s*$")
    for mark in (
        rf"[(\[]\s?(?:©|\([cC]\)|[cC]opyright\s)?\s?{_SEVERAL}\s?[)\]]",
        rf"(?:©|\([cC]\))\s?{_SEVERAL}",
        rf"/\s?{_SEVERAL}\s?/?",
        rf"[-–—]\s?{_SEVERAL_SURE}",
        rf"{_SEVERAL_SURE}",
    )
)
# "Kari Nordmann og NTB" is a joint text.
_JOINT = re.compile(r"\s(?:og|och|en|and|et|ja|und|sammen med|tillsammans med)\s|\s?[&+]\s?")
_PARTS = re.compile(r"[^,;/|()\[\]<>–—]+")
_TRIMMED = re.compile(r"^(?:av|af|by|door|fra|från|text:|tekst:|foto:|©|\(c\))\s*", re.IGNORECASE)
_DASHED = re.compile(rf"(?P<name>{_ANY})-(?=\S)")
_FROM = re.compile(
    r"(?:(?:artikler|artiklar|nyheter|nyheder|nieuws|berichten|news|stories)\s)?(?:fra|frå|från|af|van|from|kilde:?|källa:?|bron:?|source:?)\s",
    re.IGNORECASE,
)


def agency_at(host: str) -> str:
    """The agency whose own site this is; a release service has no voice of its own, and is none.

    >>> agency_at("www.ntb.no"), agency_at("kommunikasjon.ntb.no"), agency_at("notntb.no")
    ('NTB', '', '')
    """
    found = _at(host)
    return found.name if found and not found.is_release else ""


def is_release_host(host: str) -> bool:
    found = _at(host)
    return found is not None and found.is_release


@cache
def _hosts() -> dict[str, Agency]:
    return {host: agency for agency in AGENCIES for host in agency.hosts}


def _at(host: str) -> Agency | None:
    while "." in host:
        if found := _hosts().get(host):
            return found
        host = host.partition(".")[2]
    return None


def wire_origin(text: str, author: str = "", categories: tuple[str, ...] = ()) -> Origin | None:
    """The agency that a text comes from, as it is signed; None: it is the paper's own, or does not say.

    >>> wire_origin("OSLO (NTB) – Vannverket er stengt.").agency
    'NTB'
    >>> wire_origin("Vannverket er stengt, skriver NTB.") is None
    True
    """
    return _by_author(author) or _by_category(categories) or _by_end(text) or _by_start(text)


def _by_author(author: str) -> Origin | None:
    if len(author) > LONGEST_AUTHOR:
        return None
    pieces = _JOINT.split(author)
    found = [_agency_in(piece, author) for piece in pieces]
    if len(pieces) > 1 and not all(found):
        return None
    return next(filter(None, found), None)


def _agency_in(piece: str, author: str) -> Origin | None:
    """An agency that is named as a whole part of a by-line: "Kari Nordmann, NTB", "NTB-AFP", "ntb"."""
    for part in _PARTS.finditer(piece):
        said = _TRIMMED.sub("", part.group().strip()).rstrip(" .")
        agency = _BY_SPELLING.get(said) or _BY_FOLDED.get(said.casefold())
        dashed = _DASHED.match(said) if agency is None else None
        if dashed:
            agency = _BY_SPELLING[dashed["name"]]
        if agency:
            at = author.find(said)
            return Origin(agency.name, "author", said, (at, at + len(said)))
    return None


def _by_category(categories: tuple[str, ...]) -> Origin | None:
    for category in categories:
        said = _FROM.sub("", category.strip(), count=1) if len(category) <= EDGE else ""
        agency = _SURE_SPELLINGS.get(said)
        if agency and (said != category.strip() or said.isupper()):  # "Bloomberg" alone may be what it is about
            return Origin(agency.name, "category", category, (0, len(category)))
    return None


def _by_start(text: str) -> Origin | None:
    head = text[:EDGE]
    for pattern in _START:
        if found := pattern.match(head):
            return Origin(_BY_SPELLING[found["name"]].name, "start", found.group().strip(), found.span())
    return None


def _by_end(text: str) -> Origin | None:
    text = text.rstrip()
    offset = max(len(text) - EDGE, 0)
    tail = text[offset:]
    for pattern in _END:
        if found := pattern.search(tail):
            begin, end = found.span("mark")
            name = _BY_SPELLING[found["name"]].name
            return Origin(name, "end", found["mark"], (offset + begin, offset + end))
    return None
