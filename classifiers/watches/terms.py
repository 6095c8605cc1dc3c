"""What of a watch decides which signals it matches."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WatchTerms:
    id: int
    name: str
    query: str  # empty: everything
    languages: tuple[str, ...] = ()  # empty: all
    is_active: bool = True  # a watch that rests matches nothing itself, but others may have it inside

    def is_in_language(self, language: str) -> bool:
        return not self.languages or language in self.languages or (language in ("nb", "nn") and "no" in self.languages)
