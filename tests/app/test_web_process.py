"""What the web process must do without: it answers people, and must start fast and stay small."""

import subprocess
import sys

HEAVY = ("sklearn", "scipy", "numpy", "trafilatura", "feedparser", "py3langid")
LOOK = "import sys, app.main, app.dashboard.routes; print(*[name for name in {heavy!r} if name in sys.modules])"


def test_the_web_process_loads_neither_the_classifier_nor_the_parsers() -> None:
    command = [sys.executable, "-c", LOOK.format(heavy=HEAVY)]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert found.stdout.split() == []
