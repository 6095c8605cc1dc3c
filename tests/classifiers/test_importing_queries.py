"""Queries of other services, written after their public documentation, in our language."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.watches import QueryError, parse_query
from classifiers.watches.dialects import DIALECTS
from classifiers.watches.importing import import_query


@pytest.mark.parametrize(
    ("service", "theirs", "ours"),
    [
        ("meltwater", "apple AND (a OR b)^9 NOT “apple sauce”", 'apple AND (a OR b) AND NOT "apple sauce"'),
        ("meltwater", "apple near watch or pear", "apple NEAR/4 watch OR pear"),
        ("meltwater", "(title:streik OR ingress:streik) AND country:no", "title:streik OR lead:streik"),
        ("meltwater", "organi?ation AND *ledelse* AND D*", "organi* AND (ledelse* OR *ledelse)"),
        ("meltwater", "AT&T OR #metoo OR nrk.no", '"AT&T" OR "#metoo" OR "nrk.no"'),
        ("meltwater", "(a OR b) NEAR/250 lærer*", "(a OR b) NEAR/100 lærer*"),
        ("retriever", '(Swedbank OR "Danske Bank*") ANDNOT Nordea', '(Swedbank OR "Danske Bank*") AND NOT Nordea'),
        ("retriever", "srcname:Avisen AND Nordea ONEAR/25 Swedbank", "source:Avisen AND Nordea ONEAR/25 Swedbank"),
        ("retriever", 'intros:Tivoli ELLER headline:"Gröna Lund"', 'lead:Tivoli OR title:"Gröna Lund"'),
        ("retriever", "page:4 AND streik OG lønn IKKE fotball", "streik AND lønn AND NOT fotball"),
        ("brandwatch", "raw:Google+ AND logitech NEAR/2f keyboard", "=Google AND logitech ONEAR/2 keyboard"),
        ("brandwatch", '"apple juice"~5 OR {BT} <<<the telecom>>>', "apple NEAR/5 juice OR =BT"),
        ("brandwatch", "(a AND b) NEAR/3 c", "a AND b AND c"),
        ("brandwatch", "strike site:www.nrk.no NOT author:someone", "strike AND source:nrk"),
        ("freshrss", "intitle:strike -football f:12 !#sport", "title:strike AND NOT football"),
        ("freshrss", "(author:Alice OR intitle:'open letter') intext:x1", 'title:"open letter" AND x1'),
        ("freshrss", "strike OR not /stri[ck]e/i", 'strike OR "not"'),
        ("freshrss", "strike !((author:Alice intitle:hello) OR football)", "strike"),
    ],
)  # fmt: skip
def test_a_query_of_another_service_is_written_our_way(service: str, theirs: str, ours: str) -> None:
    assert import_query(theirs, service).query == ours
    parse_query(ours)


@pytest.mark.parametrize(
    ("service", "theirs", "place", "note"),
    [
        ("meltwater", "streik country:no", 8, "country:no was left out: there is no country: here"),
        ("meltwater", "organi?ation", 1, "organi?ation became organi*"),
        ("meltwater", "streik lønn", 8, "read as AND"),
        ("meltwater", "streik OR D*", 11, "D* was left out: beside a star at least 2 letters are needed"),
        ("retriever", "Nordea NEAR Swedbank", 8, "NEAR became NEAR/4"),
        ("retriever", "headline:Nordea", 1, "headline: became title:"),
        ("brandwatch", "raw:Google+", 5, "Google+ became Google: only letters and digits are compared"),
        ("brandwatch", "title:a NEAR/3 b", 9, "NEAR/3 became AND"),
        ("freshrss", "strike /a b/i", 8, "regular expressions are not carried over"),
        ("freshrss", "strike -(a author:b)", 8, "NOT a was left out: without what it lost it would hide too much"),
    ],
)
def test_each_change_is_told_with_its_place(service: str, theirs: str, place: int, note: str) -> None:
    notes = import_query(theirs, service).notes
    assert [one for one in notes if one.position == place - 1 and note in one.message], notes
    assert notes[0].position is None, "how words are understood here is told with every query"


@pytest.mark.parametrize(
    ("service", "theirs", "message", "place"),
    [
        ("retriever", '(streik OR "lønn', "A quotation mark has no partner", 12),
        ("retriever", "(streik OR", "Here something is missing", 11),
        ("meltwater", "(streik", "This bracket is never closed", 1),
        ("meltwater", "streik)", "This bracket was never opened", 7),
        ("meltwater", "country:no", "Nothing of this can be carried over", 1),
        ("freshrss", "-football", "is no query here: This says only what must not be there", 1),
        ("brandwatch", "a NOT NEAR/3 b", "Here something is missing", 7),
        ("brandwatch", "(" * 400 + "a" + ")" * 400, "32 deep", 49),
    ],
)
def test_what_cannot_be_imported_is_refused_at_its_place(service: str, theirs: str, message: str, place: int) -> None:
    with pytest.raises(QueryError, match=message) as caught:
        import_query(theirs, service)
    assert caught.value.position == place - 1


SIGNS = st.text(st.sampled_from("ab* ?()\"'{}~^5/:-!+#&<>,.=“"), max_size=24)
PIECES = st.lists(
    st.sampled_from(["streik", "AND", "OR", "NOT", "NEAR/3", "(", ")", '"a b"', "title:", "raw:", "-", "x*", "?"]),
    max_size=12,
).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(text=st.one_of(SIGNS, PIECES), service=st.sampled_from(sorted(DIALECTS)))
def test_whatever_is_given_becomes_a_query_or_a_clear_answer(text: str, service: str) -> None:
    try:
        query = import_query(text, service).query
    except QueryError:
        return
    assert parse_query(query).root is not None
