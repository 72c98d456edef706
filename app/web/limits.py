"""How often an address may ask for what costs something and needs no account.

Kept in this process: with several, each allows as much. It is the outer ring, against floods; what
must hold exactly (passwords) is counted in the database.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from threading import Lock

from app.core import clock
from app.core.errors import TooOften
from app.core.i18n import gettext as _

_SECONDS = 60
_MOST_ADDRESSES = 10_000
_asked: OrderedDict[str, deque[float]] = OrderedDict()
_lock = Lock()


def count(what: str, address: str | None, most: int) -> None:
    """Note that `address` asks; raises TooOften if it did so `most` times in this minute."""
    now = clock.now().timestamp()
    key = f"{what}:{address}"
    with _lock:
        times = _asked.setdefault(key, deque())
        _asked.move_to_end(key)
        if len(_asked) > _MOST_ADDRESSES:
            _asked.popitem(last=False)
        while times and times[0] <= now - _SECONDS:
            times.popleft()
        wait = times[0] + _SECONDS - now if len(times) >= most else 0
        if not wait:
            times.append(now)
    if wait:
        raise TooOften(
            _("That was too often in a short time. Wait a minute and try again."),
            retry_after=max(1, round(wait)),
        )


def forget() -> None:
    """Begin anew; for tests."""
    with _lock:
        _asked.clear()
