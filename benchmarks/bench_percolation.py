"""How many signals a second meet 1,000, 10,000 and 100,000 watches, against asking every watch.

Run with `python benchmarks/bench_percolation.py [WATCHES ...]`. Watches and signals are made up here, from made-up
names and real Norwegian words. A watch is `(names OR "a phrase") AND (context OR ..) NOT x`. In the hard set names and
context are among 300 of the commonest words, so that almost every signal calls many watches. Words are drawn with the
frequencies of a natural text. "First sight" meets written words for the first time, "steady" has met them before, as a
running server has.
"""

import gc
import random
import resource
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import accumulate
from time import process_time

from classifiers.watches import WatchBook, WatchTerms
from signals.languages.types import words
from signals.types import Signal, Stakeholder

SIGNALS, HARD_SIGNALS = 6_000, 1_000
ASKED_EACH = {1_000: 200, 10_000: 20, 100_000: 3}
VOCABULARY = 60_000
WORDS_OF_SIGNAL = (8, 30)  # of the title, of the text
SHARE_WITH_NAME = 0.3  # of signals that name a company some watch may follow
OF_NAMES = sorted(
    words("bera dalo fjora grani havu kino luna mari noru pola rano soli tuna vike brå stei tino glava veri")
)
OF_WORDS = sorted(words("bje dru ek fli gry hje jø kve lyd mø nyk op plu ry skje tru ut vry åp ødd"))
FIRST_COMMON, FIRST_CONTEXT, LAST_CONTEXT = 30, 600, 6_000  # ranks by frequency
CONTEXT = sorted(
    words(
        """streik konkurs permittering brann ulykke lekkasje tilsyn bot dom søksmål hacking datainnbrudd boikott
    protest varsling korrupsjon forurensning utslipp tilbakekalling oppsigelse nedbemanning oppkjøp fusjon krav
    klage granskning politianmeldelse salmonella listeria legionella strømbrudd forsinkelse kø kritikk"""
    )
)
BAN = sorted(words("fotball håndball langrenn quiz horoskop oppskrift"))
MADE_COMMON = 284
COMMON = sorted(
    words("kommune skole sykehus politi regjering selskap leder ansatte penger pris bil vann hus barn by vei")
)


@cache
def common_words() -> list[str]:
    chance = random.Random(0)
    return [*COMMON, *("".join(chance.choices(OF_WORDS, k=3)) for _ in range(MADE_COMMON))]


def main(counts: Sequence[int]) -> None:
    for hard in (False, True):
        for count in counts:
            measure(count, hard)


def measure(count: int, hard: bool) -> None:
    chance = random.Random(count)
    names = [a_name(chance) for _ in range(count * 2)]
    terms = [WatchTerms(number, f"w{number}", a_query(chance, names, hard)) for number in range(count)]
    gc.collect()
    before, start = memory(), process_time()
    book = WatchBook(terms)
    built, used = process_time() - start, memory() - before
    gc.freeze()  # as a server does with what lives as long as itself
    assert not book.broken, book.broken[0]
    signals = made_signals(chance, names)[: HARD_SIGNALS if hard else SIGNALS]
    first, hits = speed(book.match, signals)
    steady, _ = speed(book.match, signals)
    few = signals[: ASKED_EACH.get(count, 20)]
    each, _ = speed(book.match_asking_each, few)
    assert all(book.match(one, ()) == book.match_asking_each(one, ()) for one in few)
    print(
        f"{count:>7,} {'hard' if hard else 'usual'} watches: {first:>7,.0f} signals/CPU-s at first sight, "
        f"{steady:>7,.0f} steady, {each:>7,.1f} asking each: {steady / each:,.0f} times; "
        f"{hits / len(signals):.2f} hits each"
    )
    times = sorted(timed(book.put, a_change(chance, number, names)) for number in (0, 1, 2, count, count + 1))
    start = process_time()
    book.update([*terms[:-1], WatchTerms(count - 1, "changed", "helt nytt")])
    compared = process_time() - start
    after, _ = speed(book.match, signals)
    print(
        f"        built in {built:.1f} s, {used:,.0f} MB; one watch new or changed: live in {times[-1] * 1e3:.1f} ms "
        f"at most, {compared * 1e3:.0f} ms when all are compared; then {after:,.0f} signals/CPU-s at first sight again"
    )


def a_change(chance: random.Random, number: int, names: Sequence[str]) -> WatchTerms:
    return WatchTerms(number, f"w{number}", f"({a_name(chance)} OR Nye{number}) {a_query(chance, names, False)}")


def a_name(chance: random.Random) -> str:
    return "".join(chance.choices(OF_NAMES, k=4)).capitalize()


def a_word(chance: random.Random) -> str:
    return "".join(chance.choices(OF_WORDS, k=chance.choice((1, 2, 3, 4))))


def a_query(chance: random.Random, names: Sequence[str], hard: bool) -> str:
    own = chance.sample(common_words() if hard else names, 2)
    phrase = f'"{chance.choice(names)} {chance.choice(COMMON)}"'
    context = " OR ".join(chance.sample(common_words() if hard else CONTEXT, chance.randint(2, 6)))
    return f"({own[0]} OR {own[1]} OR {phrase}) AND ({context}) NOT {chance.choice(BAN)}"


def made_signals(chance: random.Random, names: Sequence[str]) -> list[Signal]:
    said_words = [a_word(chance) for _ in range(VOCABULARY)]
    for word in common_words():
        said_words[chance.randrange(FIRST_COMMON, FIRST_CONTEXT)] = word
    for word in CONTEXT + BAN:
        said_words[chance.randrange(FIRST_CONTEXT, LAST_CONTEXT)] = word
    shares = list(accumulate(1 / (rank + 20) for rank in range(len(said_words))))

    def text(length: int) -> str:
        said = chance.choices(said_words, cum_weights=shares, k=length)
        if chance.random() < SHARE_WITH_NAME:
            said[chance.randrange(length)] = chance.choice(names)
            said[chance.randrange(length)] = chance.choice(CONTEXT)
        return " ".join(said).capitalize()

    title, body = WORDS_OF_SIGNAL
    return [a_signal(number, text(title), text(body)) for number in range(SIGNALS)]


def a_signal(number: int, title: str, text: str) -> Signal:
    return Signal(
        id=number,
        source_id=1,
        title=title,
        text=text,
        language="nb",
        url="",
        said_at=None,
        seen_at=datetime(2026, 1, 1, tzinfo=UTC),
        source_name="",
        family="",
        stakeholder=Stakeholder.MEDIA,
        tier=2,
        fingerprint="",
    )


def speed(match: Callable[[Signal, tuple[()]], tuple[int, ...]], signals: Sequence[Signal]) -> tuple[float, int]:
    start = process_time()
    hits = sum(len(match(signal, ())) for signal in signals)
    return len(signals) / (process_time() - start), hits


def timed(work: Callable[[WatchTerms], object], terms: WatchTerms) -> float:
    start = process_time()
    work(terms)
    return process_time() - start


def memory() -> float:
    """Megabytes, at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main([int(one) for one in sys.argv[1:]] or [1_000, 10_000, 100_000])
