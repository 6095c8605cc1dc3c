"""In which language something is said: the words themselves, and what their source usually speaks."""

from collections.abc import Mapping
from functools import cache
from math import exp, log, sqrt
from typing import NamedTuple

from py3langid.langid import MODEL_FILE, LanguageIdentifier

UNDETERMINED = "und"

# The identifier knows bokmål as "no"; German and Finnish are there so that they are not taken for a neighbour.
_CODES = {"no": "nb", "nn": "nn", "sv": "sv", "da": "da", "nl": "nl", "en": "en", "de": "de", "fi": "fi"}
_HINTS = {"no": ("nb", "nn"), "nb": ("nb",), "nn": ("nn",)}

LONGEST = 1_000  # characters; more says nothing new
HINT = 1.5  # nats for what item or source claims: often the default of their software
MEMORY = 0.97  # what the source's sums keep at each new item
SHARPEST = -6.0  # no single item may say more than this against a language
PRIOR = 0.5  # weight of the source's sums
PRIOR_LIMIT = -1.5  # and their limit, so that a foreign item is still seen as foreign


class Identification(NamedTuple):
    """A language, how sure we are of it (0 to 1), and the source's sums with this item added."""

    language: str
    score: float
    scores: dict[str, float]


@cache
def _identifier() -> LanguageIdentifier:
    # Not the module's own global one: somebody else might restrict that to other languages.
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(_CODES))
    return identifier


def _settled(scores: Mapping[str, float]) -> dict[str, float]:
    """Natural logarithms of probabilities that add up to one."""
    best = max(scores.values())
    total = best + log(sum(exp(score - best) for score in scores.values()))
    return {language: score - total for language, score in scores.items()}


def _heard(text: str) -> dict[str, float]:
    """What the words alone say."""
    # Naive Bayes is far too sure of long texts: the square root of the length brings it down to earth.
    softness = sqrt(len(text.encode(errors="replace")))
    scores = {_CODES[code]: float(score) / softness for code, score in _identifier().rank(text)}
    return _settled(scores)


def identify(text: str, prior: Mapping[str, float] | None = None, hint: str = "") -> Identification:
    """The language of a text. `prior` holds the sums that the source's earlier items left behind."""
    past = {language: float((prior or {}).get(language, 0.0)) for language in _CODES.values()}
    if not any(letter.isalpha() for letter in text):
        return Identification(UNDETERMINED, 0.0, dict(prior or {}))
    heard = _heard(text[:LONGEST])
    claimed = hint.lower().replace("_", "-").split("-")[0]
    best_past = max(past.values())
    weighed = {
        language: score
        + max(PRIOR * (past[language] - best_past), PRIOR_LIMIT)
        + (HINT if language in _HINTS.get(claimed, (claimed,)) else 0.0)
        for language, score in heard.items()
    }
    probability = {language: exp(score) for language, score in _settled(weighed).items()}
    language = max(probability, key=lambda language: (probability[language], language))
    best = max(heard.values())
    scores = {
        language: round(past[language] * MEMORY + max(score - best, SHARPEST), 3) for language, score in heard.items()
    }
    return Identification(language, probability[language], scores)
