"""Norwegian nynorsk."""

from signals.languages.types import Language, words

FUNCTION_WORDS = words(
    """alle alt andre at av bare berre begge blei blir blitt bli bør da dei deg deira dei den denne der det dette di
    din desse ditt du då dykk dykkar eg ein eller ei enn er eit ett etter for fordi framfor frå før få får gjennom
    gjer gjere ha hadde han hans har heile henne hennar her ho hos kva kven kvar kvifor korleis kor i ifølgje igjen
    ikkje ingen inn innan kan kom kjem kunne kunna ein mange med meg mellom men medan meir mest min mine mitt mot
    mykje må måtte ned noko nokon nokre nok no når og også om opp oss over på rundt same sjå seg sjølv sei sin sine
    sitt skal skulle slik som så sidan til tilbake under ut utan var vi via vil ville vår våre vere vore ved vart"""
)
LANGUAGE = Language(
    code="nn",
    name="norsk nynorsk",
    stemmer="norwegian",
    function_words=FUNCTION_WORDS,
    stop_words=FUNCTION_WORDS
    | words("seier sa meiner fortel får dag dagen dagar veke veka år året første to tre les meir saka"),
    months=("januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober",
            "november", "desember"),
    compound_heads=(
        "tilsett", "anlegg", "avtale", "bank", "bedrift", "bransje", "byrå", "direktør", "direktorat", "feil",
        "føretak",
        "forbund", "forsyning", "gruppe", "heim", "hus", "klage", "kommune", "konsern", "krise", "leiar", "lege",
        "leiing", "melding", "minister", "nemnd", "ordførar", "politikk", "produksjon", "rapport", "rett", "råd", "sak",
        "selskap", "senter", "sjef", "skandale", "skule", "streik", "styre", "sjukehus", "tilsyn", "teneste", "ulykke",
        "utslepp", "utval", "varsel", "vatn", "verk", "verksemd",
    ),
    compound_links=("s", "-"),
    head_endings=("en", "et", "ar", "er", "ane", "ene", "ens", "n", "r", "ne", "s", "a", "e", "t"),
    bridges={
        "arbeidsløyse": "arbeidsledighet", "auka": "økte", "auke": "øke", "avgjerd": "avgjørelse", "byrje": "begynne",
        "einig": "enig", "elevane": "elevene", "endeleg": "endelig", "farleg": "farlig", "fleire": "flere",
        "forsking": "forskning", "framleis": "fortsatt", "frå": "fra", "føretak": "foretak", "heim": "hjem",
        "heile": "hele", "hending": "hendelse", "høgskul": "høyskol", "høg": "høy", "ikkje": "ikke",
        "innbyggjar": "innbygger", "korleis": "hvordan", "kva": "hva", "kvifor": "hvorfor", "leiar": "leder",
        "leiing": "ledelse", "løyve": "tillatelse", "løyving": "bevilgning", "moglegheit": "mulighet",
        "mogleg": "mulig", "mykje": "mye", "naudsynt": "nødvendig", "naudvarsel": "nødvarsel",
        "naudhjelp": "nødhjelp", "sjukeh": "sykeh", "naud": "nød", "noreg": "norge", "nyhend": "nyhet",
        "ordførar": "ordfører", "pasientar": "pasienter", "røyrsle": "bevegelse", "røynd": "erfaring",
        "saknar": "savner", "sakna": "savnet", "samanheng": "sammenheng", "seinare": "senere", "sjukdom": "sykdom",
        "sjukehus": "sykehus", "sjukepleiar": "sykepleier", "sjuk": "syk", "skuleg": "skoleg", "skule": "skole",
        "spele": "spille", "straum": "strøm", "teneste": "tjeneste", "tilsette": "ansatte", "tilsett": "ansatt",
        "tryggleik": "sikkerhet", "utgreiing": "utredning", "utslepp": "utslipp", "utval": "utvalg", "vatn": "vann",
        "vatnet": "vannet", "vegen": "veien", "vegar": "veier", "veg": "vei", "veke": "uke", "veker": "uker",
        "verksemd": "virksomhet", "vêr": "vær", "åtvar": "advar", "øydelagt": "ødelagt", "øydelegg": "ødelegg",
    },
)  # fmt: skip
