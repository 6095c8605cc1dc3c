"""Reading lists come in however careless they are, go out so that they come back, and do no harm (SE-13)."""

from datetime import UTC, datetime

import pytest

from signals.opml import OpmlError, read_opml, write_opml
from signals.opml_folders import group_of
from signals.types import Source, Stakeholder

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FEED = '<outline xmlUrl="https://avis.example/{}"/>'


def opml(body: str, head: str = "") -> bytes:
    return f'<?xml version="1.0"?>{head}<opml version="1.0"><head/><body>{body}</body></opml>'.encode()


def refusal(body: bytes) -> str:
    with pytest.raises(OpmlError) as refused:
        read_opml(body)
    return str(refused.value)


def test_feeds_come_with_their_folders_and_lines() -> None:
    found = read_opml(
        opml(
            """
<outline text="Norge"><outline title="Tilsyn">
  <outline type="rss" text="Mattilsynet" xmlUrl="https://tilsyn.example/rss" language="nb"/>
</outline></outline>
<outline TEXT="Avisa" XMLURL=" https://avis.example/rss "/>
<outline text="Podden" type="rss" url="https://pod.example/rss"/>
<outline text="A link" type="link" url="https://a.example/"/>"""
        )
    )
    first, second, third = found.entries
    assert (first.line, first.name, first.folders, first.language) == (3, "Mattilsynet", ("Norge", "Tilsyn"), "nb")
    assert (second.address, second.name, second.folders) == ("https://avis.example/rss", "Avisa", ())
    assert third.address == "https://pod.example/rss"
    assert found.remarks == ("Lines that name no feed, passed over: 1.",)


def test_careless_ampersands_and_double_escapes_are_read_as_meant() -> None:
    found = read_opml(opml('<outline text="Havn &amp;amp; by &oslash;" xmlUrl="https://a.example/?x=1&y=2"/>'))
    assert (found.entries[0].name, found.entries[0].address) == ("Havn & by ø", "https://a.example/?x=1&y=2")
    assert "&" in found.remarks[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_lists_come_in_many_encodings(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><opml><body>{FEED.replace("/>", " text=")}"Ærø"/></body></opml>'
    assert read_opml(text.encode(encoding)).entries[0].name == "Ærø"


def test_a_list_that_declares_entities_is_refused_before_one_is_used_se_08_se_13() -> None:
    laughs = "".join(f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">' for number in range(1, 10))
    for subset in (f'<!ENTITY a0 "ha">{laughs}', '<!ENTITY x SYSTEM "file:///etc/passwd">', '<!ENTITY % p "">'):
        told = refusal(opml('<outline text="&a9;&x;"/>', f"<!DOCTYPE opml [{subset}]>"))
        assert "declares a document type of its own" in told
        assert "line 1" in told


def test_an_outer_document_type_is_not_fetched_se_13() -> None:
    given = opml(FEED, '<!DOCTYPE opml SYSTEM "http://127.0.0.1:9/opml.dtd">')
    assert len(read_opml(given).entries) == 1


def test_a_list_has_bounds_se_13() -> None:
    assert len(read_opml(opml("".join(FEED.format(number) for number in range(2_000)))).entries) == 2_000
    assert "more than 2,000 feeds" in refusal(opml(FEED * 2_001))
    assert "more than 20,000 lines" in refusal(opml('<outline text="x"/>' * 100_000))
    assert "larger than 5,000,000 bytes" in refusal(b" " * 5_000_001)
    nested = '<outline text="x">' * 9 + FEED + "</outline>" * 9
    assert len(read_opml(opml(nested)).entries[0].folders) == 9
    assert "more than 10 deep" in refusal(opml('<outline text="x">' * 100_000))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (b"", "empty"),
        (b"hello", "not OPML"),
        (b"{}", "not OPML"),
        (b"<html><body>log in</body></html>", "begins with <html>"),
        (b"<opml><body>\n<outline></body></opml>", "line 2"),
        (b"<opml><body>\xff</body></opml>", "line 1"),
        (b'<?xml version="1.0" encoding="nonsense"?><opml/>', "encoding"),
        (b'<?xml version="1.0" encoding="shift_jis"?><opml/>', "encoding"),
        (b"\0" * 100, "not OPML"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(given: bytes, told: str) -> None:
    assert told in refusal(given)


def test_hundreds_of_thousands_of_attributes_are_read_without_harm_se_08() -> None:
    many = " ".join(f'a{number}="x"' for number in range(300_000))
    assert len(read_opml(opml(f'<outline {many} xmlUrl="https://a.example/"/>')).entries) == 1


def test_an_export_comes_back_as_it_went() -> None:
    hostile = 'A &amp; "B" <i>\t\n &#x1; ]]> Ærø'
    sources = [
        Source(
            1, "feed", "https://a.example/?x=1&y=<2>", hostile, Stakeholder.EXPERTS, 1, "Fam & co", "no", "nb", True
        ),
        Source(2, "feed", "https://b.example/", "B", Stakeholder.MEDIA, 3),
    ]
    text = write_opml(sources, "Kilder & <mer>", NOW)
    second, first = read_opml(text.encode()).entries
    assert (first.name, first.address, first.folders) == (hostile, sources[0].address, ("Experts",))
    assert first.own == {
        "stakeholder": "experts",
        "tier": "1",
        "family": "Fam & co",
        "country": "no",
        "priority": "yes",
    }
    assert second.own == {"stakeholder": "media", "tier": "3"}
    assert write_opml(sources, "Kilder & <mer>", NOW) == text


def test_letters_that_xml_cannot_hold_do_not_spoil_an_export() -> None:
    text = write_opml([Source(1, "feed", "https://a.example/", "A\x01\x0b\ufffeB")], "t", NOW)
    assert read_opml(text.encode()).entries[0].name == "AB"


@pytest.mark.parametrize(
    ("folders", "group"),
    [
        (["Media"], Stakeholder.MEDIA),
        (["Lokale nyheter"], Stakeholder.MEDIA),
        (["Norge", "Tilsynsmyndigheter"], Stakeholder.REGULATORS),
        (["Toezicht & overheid"], Stakeholder.REGULATORS),
        (["Kunder", "Diverse"], Stakeholder.CUSTOMERS),
        (["Fackförbund"], Stakeholder.EMPLOYEES),
        (["Ejere"], Stakeholder.OWNERS),
        (["Leverandørar"], Stakeholder.PARTNERS),
        (["NÆRMILJØ"], Stakeholder.COMMUNITY),
        (["Naermiljoe"], Stakeholder.COMMUNITY),
        (["Actiegroepen"], Stakeholder.ACTIVISTS),
        (["Political news"], Stakeholder.POLITICS),
        (["Wetenschap"], Stakeholder.EXPERTS),
        (["Police and politics"], None),
        (["Reading list"], None),
        ([], None),
    ],
)
def test_folders_name_groups_in_six_languages(folders: list[str], group: Stakeholder | None) -> None:
    assert group_of(folders) == group
