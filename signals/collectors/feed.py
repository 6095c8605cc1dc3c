"""RSS 0.9x-2.0, RDF, Atom and JSON Feed: asks politely, and parses only what has changed."""

from dataclasses import replace
from datetime import datetime, timedelta

from signals.conditional import LONGEST_REST, visit
from signals.documents import looks_like_html
from signals.fetch import Answer, Outbound
from signals.parsed import ParseError, ParseErrorKind
from signals.parser_pool import Parsers
from signals.push_links import find_push_links
from signals.skip_times import find_skips
from signals.types import Catch, Cursor, Source

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json,"
    " application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"
)


class FeedCollector:
    """One conditional GET, one parse."""

    async def collect(
        self, source: Source, cursor: Cursor, outbound: Outbound, parsers: Parsers, now: datetime
    ) -> Catch:
        seen = await visit(source.address, cursor, outbound, ACCEPT)
        push = find_push_links(seen.answer.headers, seen.answer.body, seen.answer.final_address)
        if seen.unchanged:
            return replace(seen.nothing_new, push=push if seen.answer.body else None)
        if looks_like_html(seen.answer.body):
            raise _not_a_feed(source, seen.answer)
        parsed = await parsers.parse(seen.answer.body, seen.parser_headers, now)
        return Catch(
            items=parsed.items,
            cursor=seen.cursor,
            title=parsed.title,
            language=parsed.language,
            earliest_next=min(max(seen.rest, parsed.ttl or timedelta(0)), LONGEST_REST),
            size=len(seen.answer.body),
            dropped=parsed.dropped,
            remarks=parsed.remarks,
            skips=find_skips(seen.answer.body),
            push=push,
        )


def _not_a_feed(source: Source, answer: Answer) -> ParseError:
    went = "" if answer.final_address == source.address else f" (we were sent on to {answer.final_address})"
    return ParseError(
        ParseErrorKind.NOT_A_FEED,
        f"{source.address} shows a web page, not a feed{went}: perhaps a log-in, a consent page or an error page."
        " Look for the address of the feed itself, often behind an RSS symbol.",
    )
