"""English."""

from signals.languages.types import Language, words

FUNCTION_WORDS = words(
    """a about above after again against all also am an and any are as at be because been before being below between
    both but by can cannot could did do does doing down during each few for from further had has have having he her here
    hers him his how i if in into is it its itself just may me might more most must my no nor not now of off on once
    only or other our out over own same she should so some such than that the their them then there these they this
    those through to too under until up upon us very was we were what when where which while who whom why will with
    would you your"""
)
LANGUAGE = Language(
    code="en",
    name="English",
    stemmer="english",
    function_words=FUNCTION_WORDS,
    stop_words=FUNCTION_WORDS
    | words("says said say tells told new one two three first last year years day days week get gets"),
    months=("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
            "november", "december"),
)  # fmt: skip
