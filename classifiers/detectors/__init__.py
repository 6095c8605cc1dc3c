"""Detectors: each sees one kind of thing that may be on its way. One line here for each."""

from importlib.metadata import entry_points

from classifiers.detectors.novel_story import NovelStoryDetector
from classifiers.detectors.report import ReportDetector
from classifiers.detectors.surge import SurgeDetector
from classifiers.types import Detector

DETECTORS: tuple[Detector, ...] = (
    ReportDetector(),
    NovelStoryDetector(),
    SurgeDetector(),
    *(entry.load()() for entry in entry_points(group="forkant.detectors")),
)

__all__ = ["DETECTORS"]
