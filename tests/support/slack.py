"""Slack's rules as Slack applies them, kept apart from ours so that one can be held against the other (CV-01 to CV-03).

Figures: https://docs.slack.dev/reference/block-kit/blocks and slack-sdk's models, read in November 2026.
"""

import re
from collections.abc import Iterator
from typing import Any

MOST_BLOCKS = 50
HEADER = 150
SECTION_TEXT = 3000
FIELDS, FIELD_TEXT = 10, 2000
CONTEXT_ELEMENTS = 10
FALLBACK = 4000

CONTROL = re.compile(r"<([^<>]*)>")
OUR_CONTROLS = re.compile(r"https?://[^|\s]+\|[^|]*|!date\^\d+\^[^|^]*\|[^|]*", re.DOTALL)
ENTITY = re.compile(r"&(?:amp|lt|gt);")


def problems_with(payload: dict[str, Any]) -> list[str]:
    """Everything that Slack would refuse or that could mention or link what we did not mean; empty: all is well."""
    return [*_size_problems(payload), *(problem for text in mrkdwn_in(payload) for problem in _text_problems(text))]


def mrkdwn_in(payload: dict[str, Any]) -> Iterator[str]:
    """Every text in which Slack looks for control sequences."""
    yield payload["text"]
    for part in _text_objects(payload):
        if part["type"] == "mrkdwn":
            yield part["text"]


def links_in(payload: dict[str, Any]) -> list[tuple[str, str]]:
    """Address and label of each link, as Slack would show them."""
    found = [one for text in mrkdwn_in(payload) for one in CONTROL.findall(text) if one.startswith("http")]
    return [(_unescaped(address), _unescaped(label)) for address, _, label in (one.partition("|") for one in found)]


def as_read(payload: dict[str, Any]) -> str:
    """What a person reads of the blocks, links as their labels."""
    texts = (part["text"] for part in _text_objects(payload))
    return "\n".join(_unescaped(CONTROL.sub(lambda one: one[1].partition("|")[2], text)) for text in texts)


def _text_objects(payload: dict[str, Any]) -> Iterator[dict[str, str]]:
    for block in payload["blocks"]:
        if "text" in block:
            yield block["text"]
        yield from block.get("fields", ())
        yield from block.get("elements", ())


def _size_problems(payload: dict[str, Any]) -> Iterator[str]:
    if not payload.get("text", "").strip():
        yield "no fallback text"
    if len(payload["text"]) > FALLBACK:
        yield f"fallback of {len(payload['text'])} characters"
    if len(payload["blocks"]) > MOST_BLOCKS:
        yield f"{len(payload['blocks'])} blocks"
    for block in payload["blocks"]:
        yield from _block_problems(block)
    for part in _text_objects(payload):
        if not part["text"].strip():
            yield "an empty text object"


def _block_problems(block: dict[str, Any]) -> Iterator[str]:
    match block["type"]:
        case "header":
            if block["text"]["type"] != "plain_text" or len(block["text"]["text"]) > HEADER:
                yield f"header of {len(block['text']['text'])} characters"
        case "section":
            if "text" in block and len(block["text"]["text"]) > SECTION_TEXT:
                yield f"section of {len(block['text']['text'])} characters"
            if len(block.get("fields", ())) > FIELDS:
                yield f"{len(block['fields'])} fields"
            for field in block.get("fields", ()):
                if len(field["text"]) > FIELD_TEXT:
                    yield f"field of {len(field['text'])} characters"
        case "context":
            if not 1 <= len(block["elements"]) <= CONTEXT_ELEMENTS:
                yield f"{len(block['elements'])} elements"
        case other:
            yield f"unknown block {other!r}"


def _text_problems(text: str) -> Iterator[str]:
    for control in CONTROL.findall(text):
        if not OUR_CONTROLS.fullmatch(control):
            yield f"control sequence <{control}>"
    rest = CONTROL.sub("", text)
    if "<" in rest or ">" in rest:
        yield f"stray angle bracket in {rest!r}"
    if "&" in ENTITY.sub("", text):
        yield f"bare ampersand or cut entity in {text!r}"


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
