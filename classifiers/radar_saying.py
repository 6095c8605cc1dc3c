"""What the radar says of a suggestion, in one sentence with its figures; and what answers weigh."""

from classifiers.radar_values import Suggestion
from classifiers.taxonomy import Taxonomy

STEADY = 3  # answers that count before there are any
LEAST_WEIGHT, MOST_WEIGHT = 0.5, 2.0


def because(one: Suggestion, taxonomy: Taxonomy) -> str:
    """Why it is suggested."""
    voices = "1 publisher" if one.voices == 1 else f"{one.voices} publishers"
    titles = "1 title" if one.titles == 1 else f"{one.titles} titles"
    topics = "; ".join(taxonomy.label(topic).lower() for topic in one.topics[:2])
    return (
        f"“{one.term}” stands in {titles} of the last 7 days, where {one.expected:.1f} were usual; "
        f"{one.at_risk} of the {len(one.signal_ids)} signals behind it, from {voices}, touch a risk or an opportunity "
        f"({topics}), and no watch has them."
    )


def weight_of(accepted: int, dismissed: int) -> float:
    """More for what was accepted, less for what was dismissed, never beyond bounds.

    >>> weight_of(0, 0), weight_of(3, 0), weight_of(0, 3), weight_of(50, 0), weight_of(0, 50)
    (1.0, 2.0, 0.5, 2.0, 0.5)
    """
    return round(min(MOST_WEIGHT, max(LEAST_WEIGHT, (STEADY + accepted) / (STEADY + dismissed))), 3)
