"""The rule by which a model may take the place of the one in use without a person's word.

All of these must hold: no canary flips; at least `held_out` judged texts that neither model was trained on, on which
the candidate is not worse by more than noise (McNemar, one-sided, 5 %); on the seed corpus no more than `seed_loss`
of F1 lost; and at least `shadow` texts labelled in shadow, of which it flags neither half again as many as the model
in use nor a third fewer.
"""

from dataclasses import dataclass

from classifiers.comparing import Metrics

MOST_FLAGS = 1.5
LEAST_FLAGS = 0.67


@dataclass(frozen=True, slots=True)
class Shadow:
    """What a model would have said, beside what was said."""

    signals: int = 0
    flags_before: int = 0
    flags_now: int = 0
    gained: int = 0  # flagged by the shadow only
    lost: int = 0  # flagged by the model in use only
    moved: int = 0  # flagged by both, with other topics


@dataclass(frozen=True, slots=True)
class Rule:
    held_out: int = 50
    shadow: int = 500
    seed_loss: float = 0.02  # of F1


def reason_to_wait(metrics: Metrics, shadow: Shadow, rule: Rule) -> str:
    """Why the rule does not promote it (yet); empty: it does."""
    if metrics.blocked:
        return metrics.blocked
    compared = metrics.comparison
    if compared is None or compared.texts < rule.held_out:
        texts = compared.texts if compared else 0
        return f"{texts} held-out texts are judged, {rule.held_out} are needed"
    if compared.is_worse:
        return f"it is worse on held-out texts: {compared.only_before} lost, {compared.only_now} won"
    if metrics.seed and metrics.seed_before and metrics.seed.f1 < metrics.seed_before.f1 - rule.seed_loss:
        return f"it is worse on the seed corpus: F1 {metrics.seed.f1:.3f}, before {metrics.seed_before.f1:.3f}"
    if shadow.signals < rule.shadow:
        return f"it has seen {shadow.signals} texts in shadow, {rule.shadow} are needed"
    ratio = (shadow.flags_now + 1) / (shadow.flags_before + 1)
    if not LEAST_FLAGS <= ratio <= MOST_FLAGS:
        return f"it flags {shadow.flags_now} texts where {shadow.flags_before} are flagged now: a person must look"
    return ""
