"""A guess at the language of a few lines, for a form that people can mend.

The identifier in `language` is better, but takes a hundred megabytes, which the web process need not have for a hint.
"""

from signals.languages import LANGUAGES, tokens

ENOUGH_WORDS = 0.08  # share of function words that no text in another language reaches


def guess_language(text: str, stated: str = "") -> str:
    """The language of a few lines by their function words, else what is stated, else nothing.

    A word that several languages share counts for each of them by its part.

    >>> guess_language("Statsministeren sier at det ikke er noen fare for de som bor i området", "en")
    'nb'
    """
    said = tokens(text)
    scores = {
        code: sum(1 / _sharing(word) for word in said if word in language.function_words)
        for code, language in LANGUAGES.items()
    }
    known = stated.strip().lower().replace("_", "-").split("-")[0]
    known = "nb" if known == "no" else known
    highest = round(max(scores.values()), 6)
    best = [code for code, score in scores.items() if round(score, 6) == highest]
    if said and highest / len(said) >= ENOUGH_WORDS and len(best) == 1:
        return best[0]
    # Headlines in bokmål are often Danish word for word: then it is what it says it is.
    return known if known.isascii() and known.isalpha() and len(known) <= 3 else ""


def _sharing(word: str) -> int:
    return sum(word in language.function_words for language in LANGUAGES.values())
