"""Dutch."""

from signals.languages.types import Language, words

FUNCTION_WORDS = words(
    """aan al alle alles als altijd ander andere bent ben bij binnen daar dan dat de deze die dit doen door dus een
    eens en er geen geweest haar had hadden heb hebben heeft hem het hier hij hoe hun ik in is ja je jij jou jouw jullie
    kan kon kunnen langs maar me meer men met mij mijn moet moeten na naar net niet niets nog nu of om omdat onder ons
    onze ook op over sinds te tegen tijdens toch toen tot tussen u uit uw van vanaf veel via volgens voor waar waarom
    wanneer want waren was wat we weer wel welke werd werden wie wij wil worden wordt zal ze zelf zich zij zijn zo
    zonder zou zouden"""
)
LANGUAGE = Language(
    code="nl",
    name="Nederlands",
    stemmer="dutch",
    function_words=FUNCTION_WORDS,
    stop_words=FUNCTION_WORDS
    | words("zegt zei meldt laat gaat komt dag dagen week jaar jaren eerste twee drie lees nieuwe"),
    months=("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
            "november", "december"),
    compound_heads=(
        "akkoord", "bank", "bedrijf", "bedrijven", "beleid", "bestuur", "bestuurder", "branche", "bureau", "centrum",
        "chef", "crisis", "dienst", "directeur", "fabriek", "fout", "gemeente", "groep", "huis", "instelling", "klacht",
        "leider", "leiding", "lek", "maatschappij", "melding", "minister", "ministerie", "ongeval", "ongeluk",
        "onderzoek", "personeel", "politiek", "productie", "raad", "rapport", "recht", "schandaal", "school", "staking",
        "storing", "toezicht", "topman", "uitstoot", "vereniging", "vergunning", "voorziening", "waarschuwing", "water",
        "werk", "zaak", "zorg",
    ),
    compound_links=("s", "en", "-"),
    head_endings=("en", "s", "n", "e", "jes", "je"),
)  # fmt: skip
