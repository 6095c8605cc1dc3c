"""Makes feeds like those of newspapers: five languages, Zipf words, 30 items, RSS, Atom and RDF; now and an hour on.

No word of anybody's is copied: the words are made of syllables, and spread as words are in living languages.
"""

import random
from bisect import bisect
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from itertools import accumulate

_SYLLABLES = {
    "nb": "kom mu ne var sel veg sten gt på bro fjell ordfører skole vann øy by åp nes ak sjon politi ek sam bud",
    "sv": "kom mun polis var nar väg stängd bro fjäll ord för ande skola vatten ö stad öpp nas akt ion bud sam ek",
    "da": "kom mu ne politi adv ars ler vej luk ket bro borg mester skole vand ø by åb nes akt ion bud sam økon",
    "nl": "ge meen te pol itie waar schuwt weg dicht brug burg er mees ter school water ei land stad op en dij ij",
    "en": "coun cil pol ice warn ing road clos ed bridge hill may or school wat er is land town op ens act ion bud",
}
_SMALL_WORDS = {
    "nb": "og i på er det til som av for med at en å har ikke",
    "sv": "och i på är det till som av för med att en har inte",
    "da": "og i på er det til som af for med at en har ikke",
    "nl": "de het een van en in op is te dat voor met niet zijn",
    "en": "the of and to in is that for it with as was on not",
}
SYLLABLES = {language: words.split() for language, words in _SYLLABLES.items()}
SMALL_WORDS = {language: words.split() for language, words in _SMALL_WORDS.items()}
VOCABULARY = 12_000
ITEMS, NEW_ITEMS = 30, 3
CHANGED_SHARE = 0.2
NEWEST = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class MadeItem:
    number: int
    title: str
    summary: str
    content: str  # HTML; empty: the feed gives summaries only
    author: str
    section: str
    said_at: datetime


@dataclass(frozen=True, slots=True)
class MadeFeed:
    """One feed in its two generations; equal where nothing has changed."""

    name: str
    dialect: str  # rss, atom or rdf
    content_type: str
    generations: tuple[bytes, bytes]

    @property
    def is_changed(self) -> bool:
        return self.generations[0] != self.generations[1]


class Writer:
    """Writes sentences in one language."""

    def __init__(self, language: str, chance: random.Random) -> None:
        self._chance = chance
        syllables = SYLLABLES[language]
        made = ["".join(chance.choices(syllables, k=chance.choice((1, 2, 2, 3, 3, 4)))) for _ in range(VOCABULARY)]
        self._words = SMALL_WORDS[language] + made
        self._weights = list(accumulate(1 / place for place in range(1, len(self._words) + 1)))

    def words(self, count: int) -> list[str]:
        top = self._weights[-1]
        return [self._words[bisect(self._weights, self._chance.random() * top)] for _ in range(count)]

    def sentence(self, count: int) -> str:
        return " ".join(self.words(count)).capitalize()


def make_feeds(count: int, seed: int = 11) -> list[MadeFeed]:
    """`count` feeds, the same every time."""
    chance = random.Random(seed)
    writers = {language: Writer(language, chance) for language in SYLLABLES}
    return [_make_feed(number, chance, writers) for number in range(count)]


def _make_feed(number: int, chance: random.Random, writers: dict[str, Writer]) -> MadeFeed:
    language = chance.choices(list(writers), weights=(35, 20, 15, 20, 10))[0]
    dialect = chance.choices(("rss", "atom", "rdf"), weights=(70, 26, 4))[0]
    is_changed, is_full = chance.random() < CHANGED_SHARE, chance.random() < 0.3
    items = [_make_item(place, writers[language], chance, is_full) for place in range(ITEMS + NEW_ITEMS)]
    write = {"rss": _rss, "atom": _atom, "rdf": _rdf}[dialect]
    site = f"https://paper{number}.example"
    before = write(site, language, items[NEW_ITEMS:])
    after = write(site, language, items[:ITEMS]) if is_changed else before
    kind = {"rss": "application/rss+xml", "atom": "application/atom+xml", "rdf": "application/rdf+xml"}[dialect]
    generations = (before.encode(), after.encode())
    return MadeFeed(f"paper{number}", dialect, f"{kind}; charset=utf-8", generations)


def _make_item(place: int, writer: Writer, chance: random.Random, is_full: bool) -> MadeItem:
    paragraphs = [writer.sentence(chance.randint(20, 60)) for _ in range(chance.randint(2, 5))] if is_full else []
    return MadeItem(
        number=10_000 - place,
        title=writer.sentence(chance.randint(5, 11)),
        summary=f"{writer.sentence(chance.randint(18, 40))} – {writer.sentence(chance.randint(18, 50))}.",
        content="".join(f"<p>{escape(words)} &amp; <a href='/x'>{words[:9]}</a></p>\n" for words in paragraphs),
        author=writer.sentence(2).title(),
        section=writer.words(1)[0],
        said_at=NEWEST - place * timedelta(minutes=chance.randint(11, 14)),
    )


def _rss(site: str, language: str, items: list[MadeItem]) -> str:
    entries = "\n".join(
        f"""    <item>
      <title>{escape(item.title)}</title>
      <link>{site}/news/{item.number}?utm_source=rss&amp;utm_medium=feed</link>
      <guid isPermaLink="false">{site}/?p={item.number}</guid>
      <dc:creator><![CDATA[{item.author}]]></dc:creator>
      <category><![CDATA[{item.section}]]></category>
      <pubDate>{format_datetime(item.said_at)}</pubDate>
      <description><![CDATA[<p>{escape(item.summary)}</p>]]></description>
      <media:content url="{site}/img/{item.number}.jpg" medium="image" type="image/jpeg" width="980" height="551" />
{f"      <content:encoded><![CDATA[{item.content}]]></content:encoded>" if item.content else ""}
    </item>"""
        for item in items
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"
  xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:media="http://search.yahoo.com/mrss/">
  <channel>
    <title>The paper of {site}</title>
    <atom:link href="{site}/feed" rel="self" type="application/rss+xml" />
    <link>{site}</link>
    <description>News &amp; more</description>
    <language>{language}</language>
    <lastBuildDate>{format_datetime(items[0].said_at)}</lastBuildDate>
    <sy:updatePeriod>hourly</sy:updatePeriod>
    <sy:updateFrequency>1</sy:updateFrequency>
    <image><url>{site}/logo.png</url><title>The paper</title><link>{site}</link></image>
{entries}
  </channel>
</rss>
"""


def _atom(site: str, language: str, items: list[MadeItem]) -> str:
    entries = "\n".join(
        f"""  <entry>
    <title type="html">{escape(item.title)}</title>
    <link href="{site}/news/{item.number}" rel="alternate" type="text/html"/>
    <id>tag:{site[8:]},2026:{item.number}</id>
    <updated>{item.said_at.isoformat()}</updated>
    <published>{item.said_at.isoformat()}</published>
    <author><name>{item.author}</name></author>
    <category term="{item.section}"/>
    <summary type="html">{escape(f"<p>{item.summary}</p>")}</summary>
{f'    <content type="html">{escape(item.content)}</content>' if item.content else ""}
  </entry>"""
        for item in items
    )
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language}">
  <title>The paper of {site}</title>
  <link href="{site}/feed" rel="self" type="application/atom+xml"/>
  <link href="{site}"/>
  <id>{site}/</id>
  <updated>{items[0].said_at.isoformat()}</updated>
{entries}
</feed>
"""


def _rdf(site: str, language: str, items: list[MadeItem]) -> str:
    names = "\n".join(f'      <rdf:li rdf:resource="{site}/news/{item.number}"/>' for item in items)
    entries = "\n".join(
        f"""  <item rdf:about="{site}/news/{item.number}">
    <title>{escape(item.title)}</title>
    <link>{site}/news/{item.number}</link>
    <description>{escape(item.summary)}</description>
    <dc:creator>{item.author}</dc:creator>
    <dc:date>{item.said_at.isoformat()}</dc:date>
    <dc:subject>{item.section}</dc:subject>
{f"    <content:encoded><![CDATA[{item.content}]]></content:encoded>" if item.content else ""}
  </item>"""
        for item in items
    )
    return f"""<?xml version="1.0" encoding="utf-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
  <channel rdf:about="{site}">
    <title>The paper of {site}</title>
    <link>{site}</link>
    <description>News</description>
    <dc:language>{language}</dc:language>
    <items><rdf:Seq>
{names}
    </rdf:Seq></items>
  </channel>
{entries}
</rdf:RDF>
"""
