"""The watch language: what a team wants to be early about, read, explained, and matched against each new signal.

| written | finds |
|---|---|
| `streik` | the word in any inflection, and as a part of compounds (classifiers.watches.forms) |
| `streik lønn`, `streik AND lønn` | both |
| `streik OR lockout`, `NOT fotball`, `( )` | one or both; without; what belongs together |
| `"åpent brev"` | the words side by side in any inflection, not inside compounds |
| `=streik`, `="åpent brev"` | exactly so; a capital counts |
| `kommune*`, `*ledelse` | words that begin or end so |
| `streik NEAR/5 lønn`, `ONEAR/5` | at most five words between; in this order |
| `SENTENCE(streik lønn)` | all within one sentence |
| `title:`, `lead:` | in the title; in the title or the first two sentences of the text |
| `source:`, `family:` | these words in the name of the source, of its owner |
| `group:`, `lang:`, `topic:`, `tone:` | who speaks, the language, what the classifiers found |
| `watch:"Vann og avløp"` | what that watch matches |

NOT binds closest, then NEAR, AND, OR. Names such as NS, KLM, eBay are found with just these capitals.
"""

from classifiers.watches.book import WatchBook
from classifiers.watches.errors import QueryError
from classifiers.watches.parsing import parse_query
from classifiers.watches.query import Query
from classifiers.watches.terms import WatchTerms

__all__ = ["Query", "QueryError", "WatchBook", "WatchTerms", "parse_query"]
