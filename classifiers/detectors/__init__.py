"""Detectors: each sees one kind of thing that may be on its way. One line here for each."""

from importlib.metadata import entry_points

from classifiers.detectors.from_zero import FromZeroDetector
from classifiers.detectors.new_term import NewTermDetector
from classifiers.detectors.novel_story import NovelStoryDetector
from classifiers.detectors.report import ReportDetector
from classifiers.detectors.slow_rise import SlowRiseDetector
from classifiers.detectors.surge import SurgeDetector
from classifiers.types import Detector

DETECTORS: tuple[Detector, ...] = (
    ReportDetector(),
    NovelStoryDetector(),
    SurgeDetector(),
    SlowRiseDetector(),
    FromZeroDetector(),
    NewTermDetector(),
    *(entry.load()() for entry in entry_points(group="forkant.detectors")),
)

__all__ = ["DETECTORS"]
