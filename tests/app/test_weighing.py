"""What an alert is headed with: never with what its watch did not hit, where it hit something that tells more."""

from app.alerts.weighing import headline
from tests.support.signals import a_signal
from tests.support.values import a_hit, a_label, a_story, an_emergence


def test_a_watch_that_hit_the_opener_of_a_story_has_the_storys_title() -> None:
    opener, later = a_signal("Kokepåbud i Lillevik"), a_signal("Vannverket beklager")
    story = a_story([opener, later])
    hits = [a_hit(a_label(score=0.5), signal=opener, story=story), a_hit(a_label(), signal=later, story=story)]
    assert headline(an_emergence(story_id=story.id), hits) == "Kokepåbud i Lillevik"


def test_else_it_is_the_signal_that_says_most_surely_what_is_at_stake() -> None:
    opener = a_signal("Nabokommunen sender ut krisehjelp")
    quiet, telling, copy = a_signal("Møte om vannet"), a_signal("Syke av vannet i Lillevik"), a_signal("Syke av vannet")
    story = a_story([opener, quiet, telling, copy])
    hits = [a_hit(a_label("environment", 0.99), signal=quiet, story=story)]
    hits += [a_hit(a_label(), signal=one, story=story) for one in (telling, copy)]
    assert headline(an_emergence(story_id=story.id), hits) == "Syke av vannet i Lillevik"
    assert headline(an_emergence(story_id=None, because="Much is said."), []) == "Much is said."
