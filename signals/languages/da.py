"""Danish."""

from signals.languages.types import Language, words

FUNCTION_WORDS = words(
    """ad af alle alt anden andet andre at bare begge blev blive bliver blevet bør da de dem den denne der deres det
    dette dig din dine disse dit du efter eller en end er et for fordi foran fra før få får gennem gøre gør ham han hans
    har havde have hele hende hendes her hos hun hvad hvem hver hvilke hvilken hvis hvor hvordan hvorfor i ifølge igen
    ikke ind inden ingen intet jeg jer kan kom kommer kunne man mange med meget mellem men mens mere mest mig min mine
    mit mod må måtte ned noget nogen nogle nok nu når og også om op os over på rundt samme se selv sig sin sine sit
    skal skulle som sådan så siden til tilbage ud uden under var ved vi via vil ville vor vores være været"""
)
LANGUAGE = Language(
    code="da",
    name="dansk",
    stemmer="danish",
    function_words=FUNCTION_WORDS,
    stop_words=FUNCTION_WORDS
    | words("siger sagde mener fortæller dag dagen dage uge ugen år året første to tre læs mere sagen"),
    months=("januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september", "oktober",
            "november", "december"),
    compound_heads=(
        "ansat", "anlæg", "aftale", "bank", "virksomhed", "branche", "bureau", "direktør", "styrelse", "fejl",
        "forbund", "forsyning", "gruppe", "hjem", "hus", "klage", "kommune", "koncern", "krise", "leder", "læge",
        "ledelse", "minister", "ministerium", "nævn", "borgmester", "politik", "produktion", "rapport", "ret", "råd",
        "sag", "selskab", "center", "chef", "skandale", "skole", "strejke", "bestyrelse", "sygehus", "hospital",
        "tilsyn", "tjeneste", "ulykke", "udslip", "udvalg", "varsel", "vand", "værk",
    ),
    compound_links=("s", "-"),
    head_endings=("en", "et", "er", "erne", "ene", "ens", "n", "r", "ne", "s", "e", "t"),
)  # fmt: skip
