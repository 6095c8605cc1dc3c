"""Says in plain words how a query was understood."""

from classifiers.watches.forms import SHORTEST_PART
from classifiers.watches.query import (
    Attribute,
    Both,
    Either,
    Form,
    Near,
    Neither,
    Node,
    Phrase,
    Saved,
    Sentence,
    Word,
    Zone,
)

_FORMS = {
    Form.LOOSE: "{} (any inflection, also inside compounds)",
    Form.INFLECTED: "{} (any inflection)",
    Form.EXACT: "{} (exactly)",
    Form.CASED: "{} (exactly, with these capitals)",
    Form.BEGINNING: "words that begin with {}",
    Form.END: "words that end with {}",
}
_ATTRIBUTES = {
    "source": "the source is {}",
    "family": "the publisher family is {}",
    "group": "the speakers are {}",
    "lang": "the language is {}",
    "topic": "the topic is {}",
    "tone": "the tone is {}",
}
_ZONES = {"title": "in the title:", "lead": "in the title or the first two sentences:"}


def explain(root: Node | None) -> str:
    return "\n".join(_lines(root)) if root is not None else "everything"


def _lines(node: Node) -> list[str]:
    match node:
        case Word():
            return [_word(node)]
        case Phrase():
            return [_phrase(node)]
        case Near():
            return [_near(node)]
        case Both(parts):
            return ["all of these:", *_indented(parts)]
        case Either(parts):
            return ["at least one of these:", *_indented(parts)]
        case Neither(part):
            return ["not this:", *_indented((part,))]
        case Zone(name, part):
            return [_ZONES[name], *_indented((part,))]
        case Sentence(part):
            return ["within one sentence:", *_indented((part,))]
        case Attribute(name, value):
            return [_ATTRIBUTES[name].format(value)]
        case Saved(name):
            return [f"whatever the watch “{name}” matches"]


def _indented(parts: tuple[Node, ...]) -> list[str]:
    return [f"  {line}" for part in parts for line in _lines(part)]


def _word(word: Word) -> str:
    form = Form.INFLECTED if word.form is Form.LOOSE and len(word.text) < SHORTEST_PART else word.form
    return _FORMS[form].format(word.text)


def _phrase(phrase: Phrase) -> str:
    if len(phrase.words) == 1 and phrase.joined:
        return f"{_word(phrase.words[0])}, with 's or without; or {phrase.joined.text}"
    joined = f"; or in one word, {phrase.joined.text}" if phrase.joined else ""
    return "side by side: " + ", ".join(_word(word) for word in phrase.words) + joined


def _near(near: Near) -> str:
    order = "this order" if near.in_order else "any order"
    sides = [" or ".join(" or ".join(_lines(spot)) for spot in side) for side in (near.left, near.right)]
    return f"{sides[0]}, and {sides[1]}, at most {near.distance} words between, in {order}"
