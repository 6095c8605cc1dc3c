"""Why something was noticed, in one sentence, in each of our six languages: made from the figures, not translated.

What is stored is the English sentence (`because`) and the figures. The same sentence in another language is made of
the figures when it is shown. Titles, and the paper of a report, are taken from the stored sentence: what was erased
from it is gone here too. Where a figure is missing, as in old rows, the stored sentence is all we have.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, Protocol

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from classifiers.detectors.evidence import quoted
from classifiers.taxonomy import load_taxonomy
from classifiers.types import EmergenceKind

_QUOTED = re.compile(r"“.*”", re.DOTALL)
_ONCE_AT_MOST = timedelta(days=36_525)


class Said(Protocol):
    """What is known of an emergence, as found or as stored."""

    @property
    def kind(self) -> EmergenceKind: ...
    @property
    def observed(self) -> float: ...
    @property
    def expected(self) -> float: ...
    @property
    def window(self) -> timedelta: ...
    @property
    def tail(self) -> float: ...
    @property
    def topics(self) -> Sequence[str]: ...
    @property
    def terms(self) -> Sequence[str]: ...
    @property
    def because(self) -> str: ...
    @property
    def facts(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Phrases:
    """A language's sentences, one a kind, and the pieces that stand in several."""

    locale: str
    both: str
    minutes: str
    hours: str
    days: str
    about: str  # a topic in much of it
    off_topic: str
    words: str  # that the titles share
    carried: str  # words that carried a label
    languages: str  # a story in several
    items_usual: str
    houses: str
    one_publisher: str
    publishers: str
    sentences: Mapping[str, str]


PHRASES: Mapping[str, Phrases] = {
    "en": Phrases(
        "en_GB", "and", "{} min", "{} h", "{} days",
        ", much of it {}", ", none of it touching a topic", "; words they share: {}", " (because of {})",
        " in {} languages", "; {} items would have been usual", "; nothing at all of {}", "one publisher",
        "{} publishers",
        {
            "report": "{source} reports {topics}: {title}{carried}.",
            "novel_story": "A new story of {topics}, {title}, is told by {n} independent publishers{languages} within"
            " {span}; most stories have one.",
            "surge": "{n} signals in {span} where {usual} are usual (seen about once every {once}){about}{words}.",
            "slow_rise": "{n} signals in {span} where {usual} were usual between {begin} and {end}: {times} times as"
            " many{about}.",
            "from_zero": "{n} signals from {publishers} in {span} on a watch that had {past} in the {past_days} days"
            " before{about}.",
            "new_term": "{term} stands in {n} of the watch's {titles} titles of the last {span}, from {publishers},"
            " where {usual} were usual{about}.",
            "silent": "{source} has said nothing for {span}{items}.",
            "failing": "{source} cannot be read since {span}{items}.",
            "blocked": "{source} refuses to let us in since {span}{items}.",
            "retired": "{source} is gone{items}.",
            "coverage_lost": "We hear {share} of what is usually said in these {span}{houses}.",
        },
    ),
    "nb": Phrases(
        "nb_NO", "og", "{} min", "{} timer", "{} dager",
        ", mye av det {}", ", og ingenting av det berører et tema", "; ord de deler: {}", " (på grunn av {})",
        " på {} språk", "; {} saker hadde vært vanlig", "; ingenting fra {}", "én utgiver", "{} utgivere",
        {
            "report": "{source} melder om {topics}: {title}{carried}.",
            "novel_story": "En ny sak om {topics}, {title}, fortelles av {n} uavhengige utgivere{languages} i løpet av"
            " {span}; de fleste saker har én.",
            "surge": "{n} signaler på {span} der {usual} er vanlig (sett omtrent én gang per {once}){about}{words}.",
            "slow_rise": "{n} signaler på {span} der {usual} var vanlig mellom {begin} og {end}: {times} ganger så"
            " mange{about}.",
            "from_zero": "{n} signaler fra {publishers} på {span} i en overvåking som hadde {past} de {past_days}"
            " dagene"
            " før{about}.",
            "new_term": "{term} står i {n} av overvåkingens {titles} titler fra de siste {span}, fra {publishers}, der"
            " {usual} var vanlig{about}.",
            "silent": "{source} har ikke sagt noe på {span}{items}.",
            "failing": "{source} har ikke kunnet leses på {span}{items}.",
            "blocked": "{source} har ikke sluppet oss inn på {span}{items}.",
            "retired": "{source} er borte{items}.",
            "coverage_lost": "Vi hører {share} av det som vanligvis blir sagt i disse {span}{houses}.",
        },
    ),
    "nn": Phrases(
        "nn_NO", "og", "{} min", "{} timar", "{} dagar",
        ", mykje av det {}", ", og ingenting av det rører ved eit tema", "; ord dei deler: {}", " (på grunn av {})",
        " på {} språk", "; {} saker hadde vore vanleg", "; ingenting frå {}", "éin utgjevar", "{} utgjevarar",
        {
            "report": "{source} melder om {topics}: {title}{carried}.",
            "novel_story": "Ei ny sak om {topics}, {title}, blir fortald av {n} uavhengige utgjevarar{languages} i"
            " løpet"
            " av {span}; dei fleste saker har éin.",
            "surge": "{n} signal på {span} der {usual} er vanleg (sett om lag éin gong per {once}){about}{words}.",
            "slow_rise": "{n} signal på {span} der {usual} var vanleg mellom {begin} og {end}: {times} gonger så"
            " mange{about}.",
            "from_zero": "{n} signal frå {publishers} på {span} i ei overvaking som hadde {past} dei {past_days} dagane"
            " før{about}.",
            "new_term": "{term} står i {n} av dei {titles} titlane i overvakinga dei siste {span}, frå {publishers},"
            " der"
            " {usual} var vanleg{about}.",
            "silent": "{source} har ikkje sagt noko på {span}{items}.",
            "failing": "{source} har ikkje kunna lesast på {span}{items}.",
            "blocked": "{source} har ikkje sleppt oss inn på {span}{items}.",
            "retired": "{source} er borte{items}.",
            "coverage_lost": "Vi høyrer {share} av det som vanlegvis blir sagt i desse {span}{houses}.",
        },
    ),
    "sv": Phrases(
        "sv_SE", "och", "{} min", "{} timmar", "{} dagar",
        ", mycket av det {}", ", och inget av det rör ett ämne", "; ord de delar: {}", " (på grund av {})",
        " på {} språk", "; {} inslag hade varit vanligt", "; ingenting från {}", "en utgivare", "{} utgivare",
        {
            "report": "{source} rapporterar om {topics}: {title}{carried}.",
            "novel_story": "En ny händelse om {topics}, {title}, berättas av {n} oberoende utgivare{languages} inom"
            " {span}; de flesta händelser har en.",
            "surge": "{n} signaler på {span} där {usual} är vanligt (sett ungefär en gång per {once}){about}{words}.",
            "slow_rise": "{n} signaler på {span} där {usual} var vanligt mellan {begin} och {end}: {times} gånger så"
            " många{about}.",
            "from_zero": "{n} signaler från {publishers} på {span} i en bevakning som hade {past} under de {past_days}"
            " dagarna före{about}.",
            "new_term": "{term} står i {n} av bevakningens {titles} rubriker från de senaste {span}, från {publishers},"
            " där {usual} var vanligt{about}.",
            "silent": "{source} har inte sagt något på {span}{items}.",
            "failing": "{source} har inte gått att läsa på {span}{items}.",
            "blocked": "{source} har inte släppt in oss på {span}{items}.",
            "retired": "{source} är borta{items}.",
            "coverage_lost": "Vi hör {share} av det som vanligen sägs under dessa {span}{houses}.",
        },
    ),
    "da": Phrases(
        "da_DK", "og", "{} min", "{} timer", "{} dage",
        ", meget af det {}", ", og intet af det berører et emne", "; ord de deler: {}", " (på grund af {})",
        " på {} sprog", "; {} indslag havde været sædvanligt", "; intet fra {}", "én udgiver", "{} udgivere",
        {
            "report": "{source} melder om {topics}: {title}{carried}.",
            "novel_story": "En ny sag om {topics}, {title}, fortælles af {n} uafhængige udgivere{languages} inden for"
            " {span}; de fleste sager har én.",
            "surge": "{n} signaler på {span}, hvor {usual} er sædvanligt (set omtrent én gang per"
            " {once}){about}{words}.",
            "slow_rise": "{n} signaler på {span}, hvor {usual} var sædvanligt mellem {begin} og {end}: {times} gange så"
            " mange{about}.",
            "from_zero": "{n} signaler fra {publishers} på {span} i en overvågning, der havde {past} i de {past_days}"
            " dage før{about}.",
            "new_term": "{term} står i {n} af overvågningens {titles} titler fra de seneste {span}, fra {publishers},"
            " hvor {usual} var sædvanligt{about}.",
            "silent": "{source} har ikke sagt noget i {span}{items}.",
            "failing": "{source} har ikke kunnet læses i {span}{items}.",
            "blocked": "{source} har ikke lukket os ind i {span}{items}.",
            "retired": "{source} er væk{items}.",
            "coverage_lost": "Vi hører {share} af det, der sædvanligvis siges i disse {span}{houses}.",
        },
    ),
    "nl": Phrases(
        "nl_NL", "en", "{} min", "{} uur", "{} dagen",
        ", veel ervan {}", ", en niets ervan raakt een onderwerp", "; gedeelde woorden: {}", " (vanwege {})",
        " in {} talen", "; {} berichten zouden gewoon zijn geweest", "; helemaal niets van {}", "één uitgever",
        "{} uitgevers",
        {
            "report": "{source} meldt {topics}: {title}{carried}.",
            "novel_story": "Een nieuw verhaal over {topics}, {title}, wordt door {n} onafhankelijke"
            " uitgevers{languages}"
            " verteld binnen {span}; de meeste verhalen hebben er één.",
            "surge": "{n} signalen in {span} waar er {usual} gewoon zijn (ongeveer eens per {once} te zien)"
            "{about}{words}.",
            "slow_rise": "{n} signalen in {span} waar er {usual} gewoon waren tussen {begin} en {end}: {times} keer"
            " zoveel{about}.",
            "from_zero": "{n} signalen van {publishers} in {span} bij een monitor die er {past} had in de {past_days}"
            " dagen ervoor{about}.",
            "new_term": "{term} staat in {n} van de {titles} koppen van de afgelopen {span}, van {publishers}, waar er"
            " {usual} gewoon waren{about}.",
            "silent": "{source} heeft {span} niets gezegd{items}.",
            "failing": "{source} is al {span} niet te lezen{items}.",
            "blocked": "{source} laat ons al {span} niet binnen{items}.",
            "retired": "{source} is verdwenen{items}.",
            "coverage_lost": "Wij horen {share} van wat in deze {span} gewoonlijk wordt gezegd{houses}.",
        },
    ),
}  # fmt: skip


def say_why(one: Said, language: str) -> str:
    """The sentence in a language of ours; the stored one where the figures do not suffice."""
    phrases = PHRASES.get(language)
    if phrases is None:
        return one.because
    try:
        return _Speaker(phrases, language).say(one)
    except KeyError:  # a row from before this figure was kept, or a kind from outside
        return one.because


@dataclass(frozen=True, slots=True)
class _Speaker:
    phrases: Phrases
    language: str

    def say(self, one: Said) -> str:
        kind = one.kind.value
        sentence = self.phrases.sentences[one.facts["state"] if kind == "source_silent" else kind]
        return sentence.format_map(getattr(self, f"_{kind}")(one))

    def _report(self, one: Said) -> dict[str, str]:
        carried = self.phrases.carried.format(", ".join(one.terms)) if one.terms else ""
        source, found, _ = one.because.partition(" reports ")
        if not found:
            raise KeyError("source")
        return {"source": source, "topics": self._topics(one), "title": _title(one), "carried": carried}

    def _novel_story(self, one: Said) -> dict[str, str]:
        several = one.facts["languages"]
        return {
            "topics": self._topics(one),
            "title": _title(one),
            "n": self._number(one.observed),
            "languages": self.phrases.languages.format(len(several)) if len(several) > 1 else "",
            "span": self._span(one.window),
        }

    def _surge(self, one: Said) -> dict[str, str]:
        once = min(timedelta(seconds=one.facts["once_every"]), _ONCE_AT_MOST)
        shared = self.phrases.words.format(", ".join(one.terms)) if one.terms else ""
        return self._counted(one) | {"once": self._span(once), "words": shared}

    def _slow_rise(self, one: Said) -> dict[str, str]:
        return self._counted(one) | {
            "times": self._number(one.facts["times"], 1),
            "begin": self._date(one.facts["usual_from"]),
            "end": self._date(one.facts["usual_until"]),
        }

    def _from_zero(self, one: Said) -> dict[str, str]:
        return self._counted(one) | {
            "publishers": self._publishers(len(one.facts["voices"])),
            "past": self._number(one.facts["past_signals"]),
            "past_days": self._number(one.facts["past_days"]),
        }

    def _new_term(self, one: Said) -> dict[str, str]:
        return self._counted(one) | {
            "term": quoted(one.facts["term"]),
            "titles": self._number(one.facts["titles"]),
            "publishers": self._publishers(one.facts["voices"]),
        }

    def _source_silent(self, one: Said) -> dict[str, str]:
        usual = self.phrases.items_usual.format(self._number(one.expected)) if one.expected >= 1 else ""
        return {"source": one.facts["source"], "span": self._span(one.window), "items": usual}

    def _coverage_lost(self, one: Said) -> dict[str, str]:
        names = ", ".join(one.facts["houses"][:3])
        return {
            "share": format_percent(one.facts["share"], locale=_locale(self.phrases.locale)),
            "span": self._span(one.window),
            "houses": self.phrases.houses.format(names) if names else "",
        }

    def _counted(self, one: Said) -> dict[str, str]:
        topics = self.phrases.about.format(self._topics(one)) if one.topics else self.phrases.off_topic
        return {
            "n": self._number(one.observed),
            "usual": self._number(one.expected, 1),
            "span": self._span(one.window),
            "about": topics,
        }

    def _topics(self, one: Said) -> str:
        return f" {self.phrases.both} ".join(self._topic(name) for name in one.topics[:2])

    def _topic(self, name: str) -> str:
        known = load_taxonomy().find_topic(name)
        label = known.label(self.language) if known else ""
        return (label[:1].lower() + label[1:]) if label else name.replace("_", " ")

    def _publishers(self, count: int) -> str:
        return self.phrases.one_publisher if count == 1 else self.phrases.publishers.format(count)

    def _number(self, value: float, digits: int = 0) -> str:
        pattern = "0.0" if digits else "0"
        return format_decimal(round(value, digits), pattern, _locale(self.phrases.locale))

    def _span(self, span: timedelta) -> str:
        minutes = max(1, round(span.total_seconds() / 60))
        if minutes < 90:
            return self.phrases.minutes.format(minutes)
        hours = round(minutes / 60)
        return self.phrases.hours.format(hours) if hours < 48 else self.phrases.days.format(round(hours / 24))

    def _date(self, written: str) -> str:
        return format_date(date.fromisoformat(written), "d MMMM", _locale(self.phrases.locale))


@cache
def _locale(name: str) -> Locale:
    return Locale.parse(name)


def _title(one: Said) -> str:
    found = _QUOTED.search(one.because)
    if found is None:
        raise KeyError("title")
    return found[0]
