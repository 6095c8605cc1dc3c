"""Swedish."""

from signals.languages.types import Language, words

FUNCTION_WORDS = words(
    """alla allt andra att av bara blev bli blir blivit bör båda de dem den denna dessa det detta dig din dina ditt du
    där då efter eller en enligt er era ett framför från för få får genom göra gör ha hade han hans har hela henne
    hennes hon honom hos hur här i igen in inför ingen inget inom inte jag kan kom kommer kunde man med mellan men mer
    mest mig min mina mitt mot mycket måste många ned ner någon något några nog nu när och också om oss på runt samma
    se sedan sig sin sina sitt själv ska skulle som så sådan till tillbaka under upp ur ut utan vad var vara varför
    varit varje vem vi via vid vilka vilken vill ville vår våra än är över"""
)
LANGUAGE = Language(
    code="sv",
    name="svenska",
    stemmer="swedish",
    function_words=FUNCTION_WORDS,
    stop_words=FUNCTION_WORDS
    | words("säger sade menar berättar dag dagen dagar vecka veckan år året första två tre läs mer"),
    months=("januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober",
            "november", "december"),
    compound_heads=(
        "anställd", "anläggning", "avtal", "bank", "bolag", "bransch", "byrå", "direktör", "myndighet", "fel",
        "företag", "förbund", "försörjning", "grupp", "hem", "hus", "klagomål", "kommun", "koncern", "kris", "ledare",
        "läkare", "ledning", "minister", "departement", "nämnd", "råd", "politik", "produktion", "rapport", "rätt",
        "mål", "ärende", "center", "chef", "skandal", "skola", "skolan", "strejk", "styrelse", "sjukhus", "tillsyn",
        "tjänst", "olycka", "utsläpp", "utskott", "varning", "varsel", "vatten", "verk", "verksamhet",
    ),
    compound_links=("s", "-"),
    head_endings=("en", "et", "er", "ar", "or", "arna", "erna", "orna", "ens", "n", "r", "na", "s", "a", "t"),
)  # fmt: skip
