"""An agency's text is told by how it is signed, and by nothing else."""

import pytest

from signals.wires import AGENCIES, agency_at, is_release_host, wire_origin

# Agency, place and language differ; the forms are those that papers use.
DATELINES = [
    ("OSLO (NTB) – Vannverket er stengt.", "NTB"),
    ("Washington (NTB-Reuters): Presidenten reiser.", "NTB"),
    ("NTB – Oslo: Vannverket er stengt.", "NTB"),
    ("STOCKHOLM (TT) Regeringen lägger fram ett förslag.", "TT"),
    ("AMSTERDAM (ANP) - De minister treedt af.", "ANP"),
    ("(ANP) - De minister treedt af.", "ANP"),
    ("BRUSSEL (BELGA) - De minister treedt af.", "Belga"),
    ("LONDON (Reuters) - The minister resigned.", "Reuters"),
    ("WASHINGTON, May 2 (Reuters) - The minister resigned.", "Reuters"),
    ("BEIRUT (AP) — The minister resigned.", "AP"),
    ("BERLIN (dpa) – Der Minister geht.", "DPA"),
    ("PARIS (AFP) - The minister resigned.", "AFP"),
    ("/ritzau/ Ministeren går af.", "Ritzau"),
    ("Af Ritzau\nMinisteren går af.", "Ritzau"),
    ("Av NPK\nMinisteren går av.", "NPK"),
    ("By The Associated Press - The minister resigned.", "AP"),
    ("By Kari Smith of the Associated Press\nThe minister resigned.", "AP"),
    ("HELSINKI (STT) Ministeri eroaa.", "STT"),
    ("STOCKHOLM, Nov. 3, 2026 (GLOBE NEWSWIRE) -- Lillevik ASA reports.", "GlobeNewswire"),
    ("LONDON, Nov. 4, 2026 /PRNewswire/ -- Lillevik ASA reports.", "PR Newswire"),
]
SIGN_OFFS = [
    ("Vannverket er stengt. (©NTB)", "NTB"),
    ("Vassverket er stengt. (©NPK)", "NPK"),
    ("Vannverket er stengt. (NTB)", "NTB"),
    ("– Det er alvorlig, sier hun.\n© NTB", "NTB"),
    ("Vattenverket är stängt. (TT)", "TT"),
    ("Vandværket er lukket. /ritzau/", "Ritzau"),
    ("Vandværket er lukket.\n\n/Ritzau", "Ritzau"),
    ("De waterzuivering is dicht. (ANP)", "ANP"),
    ("De waterzuivering is dicht. © Belga", "Belga"),
    ("The plant is closed. (Reuters)", "Reuters"),
    ("The plant is closed. – Bloomberg", "Bloomberg"),
]
AUTHORS = [
    ("NTB", "NTB"),
    ("ntb", "NTB"),
    ("NTB-AFP", "NTB"),
    ("NTB-Kari Nordmann", "NTB"),
    ("Kari Nordmann, NTB Nyheter", "NTB"),
    ("Kari Nordmann (NTB)", "NTB"),
    ("Kari Svensson/TT", "TT"),
    ("TT Nyhetsbyrån", "TT"),
    ("TT-Reuters", "TT"),
    ("TT och Reuters", "TT"),
    ("/ritzau/", "Ritzau"),
    ("Ritzau", "Ritzau"),
    ("Door ANP", "ANP"),
    ("Belga", "Belga"),
    ("JAN SMITH, Associated Press", "AP"),
    ("Reuters Staff", "Reuters"),
    ("Agence France-Presse", "AFP"),
    ("PA Media", "PA Media"),
    ("Cision", "Cision"),
    ("NTB Kommunikasjon", "NTB Kommunikasjon"),
]


@pytest.mark.parametrize(("text", "agency"), DATELINES)
def test_a_dateline_tells_the_agency(text: str, agency: str) -> None:
    origin = wire_origin(text)
    assert origin
    assert (origin.agency, origin.where) == (agency, "start")
    assert text[slice(*origin.span)].strip() == origin.words


@pytest.mark.parametrize(("text", "agency"), SIGN_OFFS)
def test_a_sign_off_after_the_last_sentence_tells_the_agency(text: str, agency: str) -> None:
    origin = wire_origin(text)
    assert origin
    assert (origin.agency, origin.where) == (agency, "end")
    assert text[slice(*origin.span)] == origin.words


@pytest.mark.parametrize(("author", "agency"), AUTHORS)
def test_an_author_field_tells_the_agency(author: str, agency: str) -> None:
    origin = wire_origin("Vannverket er stengt.", author)
    assert origin
    assert (origin.agency, origin.where) == (agency, "author")
    assert author[slice(*origin.span)] == origin.words


@pytest.mark.parametrize("category", ["NTB", "Artikler fra NTB", "Nieuws van ANP", "Från Nyhetsbyrån TT"])
def test_a_category_tells_the_agency(category: str) -> None:
    origin = wire_origin("", "", ("Nyheter", category))
    assert origin
    assert origin.where == "category"


@pytest.mark.parametrize(
    "text",
    [
        "Vannverket er stengt, skriver NTB.",  # a citation: the words are the paper's own
        "Vandværket er lukket, melder Ritzau.",
        "The plant is closed, according to Reuters.",
        "Hun sier det til NTB",
        "Reuters: The plant is closed.",
        "Bloomberg – the company – has grown.",
        "Vannverket er stengt. Foto: Kari Nordmann / NTB",  # a picture's credit
        "Folk evakueres. Kari Nordmann (NTB)",
        "Foto: NTB",
        "Arbeiderpartiet (AP) – som styrer byen – sier nei.",  # what short names also mean
        "Arbeiderpartiet (AP) vil stenge vannverket.",
        "Han kjørte en Audi TT",
        "Butten (tt) – en fisk.",
        "Luchthaven Noord (ANP) is dicht.",
        "Attest (ATT) er gitt. Det sier kommunen.",
        "Det står på NTBs sider.",
        "Vannverket er stengt. (NTBX)",
        "(NTB",
        "",
    ],
)
def test_what_is_merely_named_is_no_origin(text: str) -> None:
    assert wire_origin(text) is None


@pytest.mark.parametrize(
    "author",
    [
        "Kari Nordmann og NTB",
        "Redactie en ANP",
        "Kari Nordmann & NTB",
        "tt",
        "ap",
        "siren",
        "NTBs redaksjon",
        "Kari Ritzaus",
        "",
    ],
)
def test_a_joint_by_line_and_initials_are_no_origin(author: str) -> None:
    assert wire_origin("Vannverket er stengt.", author) is None


@pytest.mark.parametrize("category", ["AP", "TT", "Bloomberg", "Reuters og NTB", "Nyheter fra Lillevik"])
def test_a_category_that_may_be_what_it_is_about_is_no_origin(category: str) -> None:
    assert wire_origin("", "", (category,)) is None


def test_hosts_tell_agencies_from_release_services() -> None:
    assert (agency_at("www.reuters.com"), agency_at("kommunikasjon.ntb.no"), agency_at("minntb.no")) == (
        "Reuters",
        "",
        "",
    )
    assert is_release_host("news.cision.com")
    assert not is_release_host("www.ntb.no")


def test_no_spelling_and_no_host_stands_for_two_agencies() -> None:
    spellings = [one for agency in AGENCIES for one in agency.spellings]
    hosts = [one for agency in AGENCIES for one in agency.hosts]
    assert len(spellings) == len(set(spellings))
    assert len(hosts) == len(set(hosts))


@pytest.mark.parametrize("piece", ["A", "A ", "A, ", "Av a ", ". ", "(NTB", "/ ", "A.-/ ", "(©", "og "])
def test_only_the_edges_of_a_text_are_read_se09(piece: str) -> None:
    """A text that could make a pattern go back and forth is cut before it is looked at."""
    long = piece * 200_000
    assert wire_origin(long, long, (long,)) == wire_origin(long[:120] + long[-120:], "", ())
