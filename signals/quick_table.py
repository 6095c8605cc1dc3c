"""Which elements `quick_feed` follows, by feedparser's names for them: one row each.

An element without a row is either free, that is feedparser has no rule for it and keeps it where nobody looks, or its
document is left to feedparser.
"""

from signals import quick_people as people
from signals import quick_steps as steps

NO_RULE = steps.Rule()
_ITEM = steps.Rule(start=steps.start_item, end=steps.end_item)
_AUTHOR = steps.Rule(start=people.start_author, end=people.end_author)
_CATEGORY = steps.Rule(start=people.start_category, end=people.end_category)
_DESCRIPTION = steps.Rule(start=steps.start_description, end=steps.end_words("description"))
_SUMMARY = steps.Rule(start=steps.start_summary, end=steps.end_words("summary"))
_GUID = steps.Rule(start=steps.start_guid, end=steps.end_guid)
_NAME = steps.Rule("name", end=people.end_name, expects_text=False)
_EMAIL_OF = steps.Rule("email", end=people.end_email, expects_text=False)
_URL = steps.Rule("href", end=people.end_url)
_NOTHING = steps.Rule(start=steps.pass_by)

RULES: dict[str, steps.Rule] = {
    "rss": steps.Rule(start=steps.start_rss),
    "rdf_rdf": steps.Rule(),
    "feed": steps.Rule(start=steps.start_feed, end=steps.end_channel),
    "channel": steps.Rule(start=steps.start_channel, end=steps.end_channel),
    "item": _ITEM,
    "entry": _ITEM,
    "items": steps.Rule(start=steps.start_of_feed("items"), end=lambda reader: reader.pop("items")),
    "image": steps.Rule(start=steps.start_image, end=steps.end_image),
    "textinput": steps.Rule(start=steps.start_textinput, end=steps.end_textinput),
    "source": steps.Rule(start=steps.start_source, end=steps.end_source),
    "title": steps.Rule(start=steps.start_title, end=steps.end_title),
    "dc_title": steps.Rule(start=steps.start_title, end=steps.end_title),
    "media_title": steps.Rule(start=steps.start_title, end=steps.end_media_title),
    "description": _DESCRIPTION,
    "dc_description": _DESCRIPTION,
    "media_description": _DESCRIPTION,
    "abstract": steps.Rule(start=steps.start_abstract, end=steps.end_words("description")),
    "summary": _SUMMARY,
    "itunes_summary": _SUMMARY,
    "content": steps.Rule(start=steps.start_content, end=steps.end_content),
    "content_encoded": steps.Rule(start=steps.start_content_encoded, end=steps.end_content),
    "subtitle": steps.content("subtitle"),
    "tagline": steps.content("subtitle"),
    "itunes_subtitle": steps.content("subtitle"),
    "rights": steps.content("rights"),
    "copyright": steps.content("rights"),
    "dc_rights": steps.content("rights"),
    "info": steps.content("info"),
    "feedburner_browserfriendly": steps.content("info"),
    "link": steps.Rule(start=steps.start_link, end=lambda reader: reader.pop("link")),
    "enclosure": steps.Rule(start=steps.start_enclosure),
    "guid": _GUID,
    "id": _GUID,
    "author": _AUTHOR,
    "dc_creator": _AUTHOR,
    "dc_author": _AUTHOR,
    "itunes_author": _AUTHOR,
    "managingeditor": _AUTHOR,
    "name": _NAME,
    "itunes_name": _NAME,
    "email": _EMAIL_OF,
    "itunes_email": _EMAIL_OF,
    "url": _URL,
    "uri": _URL,
    "homepage": _URL,
    "contributor": people.contributor("contributor"),
    "dc_contributor": people.contributor("name"),
    "itunes_owner": steps.Rule(start=people.start_owner, end=people.end_owner),
    "webmaster": steps.Rule("publisher"),
    "dc_publisher": steps.Rule("publisher"),
    "category": _CATEGORY,
    "keywords": _CATEGORY,
    "dc_subject": _CATEGORY,
    "media_category": steps.Rule(start=people.start_media_category, end=people.end_category),
    "itunes_category": steps.Rule(start=people.start_itunes_category, end=people.end_category),
    "itunes_keywords": people.keywords("itunes_keywords", "http://www.itunes.com/"),
    "media_keywords": people.keywords("media_keywords", None),
    "pubdate": steps.date("published"),
    "published": steps.date("published"),
    "issued": steps.date("published"),
    "dcterms_issued": steps.date("published"),
    "updated": steps.date("updated"),
    "modified": steps.date("updated"),
    "lastbuilddate": steps.date("updated"),
    "dc_date": steps.date("updated"),
    "dcterms_modified": steps.date("updated"),
    "created": steps.date("created"),
    "dcterms_created": steps.date("created"),
    "language": steps.Rule("language"),
    "dc_language": steps.Rule("language"),
    "generator": steps.Rule("generator"),
    "width": steps.Rule("width", expects_text=False),
    "height": steps.Rule("height", expects_text=False),
    "creativecommons_license": steps.Rule(
        start=steps.start_of_feed("license"), end=lambda reader: reader.pop("license")
    ),
    "cloud": _NOTHING,
    "media_content": _NOTHING,
    "media_group": _NOTHING,
    "media_thumbnail": steps.Rule("url"),
    "media_credit": steps.Rule("credit"),
    "media_rating": steps.Rule("rating"),
    "media_license": steps.Rule("license"),
    "media_restriction": steps.Rule("restriction"),
    "media_player": steps.Rule("media_player", expects_text=False),
    "itunes_image": steps.Rule(start=steps.start_itunes_image),
    "itunes_explicit": steps.Rule(),
    "itunes_block": steps.Rule(),
    "georss_point": steps.Rule("geometry", expects_text=False),
}
