"""The taxonomy is whole: every topic can be shown, weighed and acted on, in six languages."""

import pytest

from classifiers.taxonomy import Topic, load_taxonomy
from classifiers.types import Polarity
from signals.languages import LANGUAGES

THREATS = [
    "product_safety",
    "service_disruption",
    "data_security",
    "customer_backlash",
    "working_conditions",
    "leadership_conflict",
    "misconduct",
    "legal_regulatory",
    "environment",
    "health_safety",
    "discrimination_rights",
    "financial_distress",
    "misinformation_fraud",
    "public_pressure",
]
OPPORTUNITIES = ["recognition", "innovation", "growth_partnership", "sustainability_progress", "goodwill"]
DIMENSIONS = {
    "products and services",
    "innovation",
    "leadership",
    "ethics",
    "work environment",
    "social responsibility",
    "relations",
    "finances",
}
every_topic = pytest.mark.parametrize("topic", load_taxonomy().topics.values(), ids=lambda topic: topic.id)


def test_the_ids_are_fixed_and_threats_come_first() -> None:
    taxonomy = load_taxonomy()
    assert list(taxonomy.topics) == THREATS + OPPORTUNITIES
    assert {taxonomy.polarity(name) for name in THREATS} == {Polarity.THREAT}
    assert {taxonomy.polarity(name) for name in OPPORTUNITIES} == {Polarity.OPPORTUNITY}


@every_topic
def test_every_topic_has_a_dimension_a_weight_and_a_playbook(topic: Topic) -> None:
    assert topic.dimension in DIMENSIONS
    assert 0 < topic.weight <= 1
    assert topic.playbook.say
    assert topic.playbook.call
    assert 3 <= len(topic.playbook.checklist) <= 5


@every_topic
def test_every_topic_has_label_and_definition_in_six_languages(topic: Topic) -> None:
    assert set(topic.labels) == set(topic.definitions) == set(LANGUAGES)
    assert all(topic.definition(code).endswith(".") and len(topic.label(code)) <= 40 for code in LANGUAGES)


def test_every_dimension_is_covered_and_threats_to_life_weigh_most() -> None:
    taxonomy = load_taxonomy()
    assert {topic.dimension for topic in taxonomy.topics.values()} == DIMENSIONS
    heaviest = max(topic.weight for topic in taxonomy.topics.values())
    assert taxonomy.weight("health_safety") == taxonomy.weight("product_safety") == heaviest
    assert max(map(taxonomy.weight, OPPORTUNITIES)) < min(map(taxonomy.weight, THREATS))


def test_an_unknown_id_is_none_or_an_error_and_an_unknown_language_is_english() -> None:
    taxonomy = load_taxonomy()
    assert taxonomy.find_topic("weather") is None
    with pytest.raises(KeyError):
        taxonomy.get_topic("weather")
    assert taxonomy.label("goodwill", "fi") == taxonomy.get_topic("goodwill").label("en")
