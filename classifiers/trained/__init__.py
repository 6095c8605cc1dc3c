"""Where the trained model lies: made at set-up from the corpus, never committed."""

from pathlib import Path

MODEL = Path(__file__).parent / "topics.npz"
