"""Norwegian bokmål."""

from signals.languages.types import Language, words

FUNCTION_WORDS = words(
    """alle alt andre at av bare be begge ble blei bli blir blitt bør da de deg dem den denne der dere deres det dette
    di din disse ditt du dykk eller en enn er et ett etter for fordi foran fra før få får gjennom gjør gjøre ha hadde
    han hans har hele henne hennes her hit ho hos hun hva hvem hver hvilke hvilken hvis hvor hvordan hvorfor i ifølge
    igjen ikke ingen inn innen jeg kan kom kommer kunne man mange med meg mellom men mens mer mest min mine mitt mot
    mye må måtte ned noe noen nok nå når og også om opp oss over på rundt samme se seg selv si sin sine sitt skal
    skulle slik som sånn så siden til tilbake under ut uten var vi via vil ville vår våre være vært ved"""
)
LANGUAGE = Language(
    code="nb",
    name="norsk bokmål",
    stemmer="norwegian",
    function_words=FUNCTION_WORDS,
    stop_words=FUNCTION_WORDS
    | words("sier sa mener forteller får dag dagen dager uke uken år året første to tre les mer saken"),
    months=("januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober",
            "november", "desember"),
    compound_heads=(
        "ansatt", "anlegg", "avtale", "bank", "bedrift", "bransje", "byrå", "direktør", "direktorat", "feil", "foretak",
        "forbund", "forsyning", "gruppe", "hjem", "hus", "klage", "kommune", "konsern", "krise", "leder", "lege",
        "ledelse", "melding", "ministeren", "minister", "nemnd", "ordfører", "politikk", "produksjon", "rapport",
        "rett", "råd", "sak", "selskap", "senter", "sjef", "skandale", "skole", "streik", "styre", "sykehus", "tilsyn",
        "tjeneste", "ulykke", "utslipp", "utvalg", "varsel", "vann", "verk", "virksomhet",
    ),
    compound_links=("s", "-"),
    head_endings=("en", "et", "er", "ene", "ens", "n", "r", "ne", "s", "a", "e", "t"),
)  # fmt: skip
