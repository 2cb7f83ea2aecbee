"""The variables a context has read: none is given out beyond its time to live, or once a newer one was seen."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Callable, Dict, Optional

Variable = Any
CAPACITY = 10_000


@dataclass
class _Entry:
    """What is known of one variable. Without a value: that every one older than the marks below has passed."""

    name: str
    type: str
    variable: Optional[Variable] = None
    cached_at: float = 0.0
    ttl: Optional[float] = None
    # No value below this revision is the present one.
    revision: int = 0
    # Nor one below this version, of those up to the revision at which it was written.
    version: int = 0
    written_at: int = 0

    def has_passed(self, variable: Variable) -> bool:
        known = self.revision if self.variable is None else max(self.revision, self.variable.revision)
        return bool(
            variable.revision < known or (variable.version < self.version and variable.revision <= self.written_at))

    def forget(self) -> None:
        """Gives the value up; what was older stays passed."""
        if self.variable is not None:
            self.revision = max(self.revision, self.variable.revision)
            self.variable = None


class VariableCache:
    """Thread-safe. Values come from three sides - answers, a watch, own writes - and in any order.

    An answer that was under way while something was dropped may be from before: it is not kept (the ticket). What a
    watch or a write has told leaves a mark, so that nothing older is kept after it.
    """

    def __init__(self, ttl: float, capacity: int = CAPACITY, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.Lock()
        self._clock = clock
        self._capacity = capacity
        # By id; least recently stored first.
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._ids: Dict[str, str] = {}
        self._dropped = 0
        # Of variables that no entry knows, what a watch tells up to here may have passed.
        self._passed = 0
        self._revision = 0
        self.ttl = ttl

    @property
    def revision(self) -> int:
        """The highest revision of the session that was seen: no read should show an earlier state."""
        return self._revision

    def saw(self, revision: int) -> None:
        """Notes a revision of the session."""
        with self._lock:
            self._revision = max(self._revision, revision)

    def ticket(self) -> int:
        """To be taken before a read is sent, and handed in with its answer."""
        return self._dropped

    def find(self, identifier: str) -> Optional[Variable]:
        """The variable of that id or name, if its value is known and not too old."""
        with self._lock:
            entry = self._entry(identifier)
            if entry is None or entry.variable is None:
                return None
            ttl = self.ttl if entry.ttl is None else entry.ttl
            return entry.variable if self._clock() < entry.cached_at + ttl else None

    def type_of(self, identifier: str) -> Optional[str]:
        """The type it had when last seen, however long ago."""
        with self._lock:
            entry = self._entry(identifier)
            return None if entry is None else entry.type

    def answered(self, variable: Variable, ticket: int) -> Variable:
        """Keeps what a read was answered with, and returns it, or a newer one that has come to be known since."""
        with self._lock:
            self._revision = max(self._revision, variable.revision)
            entry = self._entries.get(variable.id)
            if entry is not None and entry.has_passed(variable):
                return variable if entry.variable is None else entry.variable
            if ticket == self._dropped:
                self._keep(variable)
            return variable

    def told(self, variable: Variable, revision: int) -> None:
        """Keeps what a watch has told: the variable as of that revision of the session."""
        with self._lock:
            self._revision = max(self._revision, revision)
            entry = self._entries.get(variable.id)
            if revision > self._passed if entry is None else not entry.has_passed(variable):
                self._keep(variable)

    def registered(self, identifier: str, name: str, type_name: str, revision: int, ttl: Optional[float]) -> None:
        """Notes a variable of which only this is known."""
        with self._lock:
            self._dropped += 1
            self._revision = max(self._revision, revision)
            entry = self._entries.get(identifier) or _Entry(name, type_name)
            entry.ttl = ttl
            self._store(identifier, entry)

    def written(self, identifier: str, version: int, revision: int) -> None:
        """Notes that this context has set the variable: what is older has passed. The revision is the session's then."""
        with self._lock:
            entry = self._outdate(identifier, revision)
            if entry is not None:
                entry.version, entry.written_at = version, revision

    def deleted(self, identifier: str, revision: int) -> None:
        """Notes that the variable is gone since that revision."""
        with self._lock:
            entry = self._outdate(identifier, revision)
            if entry is not None:
                entry.revision = max(entry.revision, revision)

    def drop(self, identifier: str) -> None:
        """Forgets the value, not what has passed."""
        with self._lock:
            self._dropped += 1
            entry = self._entry(identifier)
            if entry is not None:
                entry.forget()

    def clear(self) -> None:
        """Forgets every value, not what has passed."""
        with self._lock:
            self._dropped += 1
            for entry in self._entries.values():
                entry.forget()

    def reset(self) -> None:
        """Forgets everything: the session is another one, or was set back."""
        with self._lock:
            self._dropped += 1
            self._entries.clear()
            self._ids.clear()
            self._revision = self._passed = 0

    def _outdate(self, identifier: str, revision: int) -> Optional[_Entry]:
        """Forgets what a change of this context's own has made old; None if nothing is kept, or nothing older."""
        self._dropped += 1
        self._revision = max(self._revision, revision)
        entry = self._entry(identifier)
        if entry is None:
            self._passed = max(self._passed, revision)
            return None
        if revision != 0 and entry.variable is not None and entry.variable.revision >= revision:
            # A watch has told of this change, or of a later one, before its answer came.
            return None
        entry.forget()
        return entry

    def _entry(self, identifier: str) -> Optional[_Entry]:
        # By id first, then by name, as the server looks.
        return self._entries.get(identifier) or self._entries.get(self._ids.get(identifier, ""))

    def _keep(self, variable: Variable) -> None:
        holder = self._entries.get(self._ids.get(variable.name, ""))
        if holder is not None and holder.has_passed(variable):
            # The name has been given to a later variable meanwhile.
            return
        entry = self._entries.get(variable.id) or _Entry(variable.name, variable.type)
        entry.variable, entry.cached_at = variable, self._clock()
        self._store(variable.id, entry)

    def _store(self, identifier: str, entry: _Entry) -> None:
        self._ids[entry.name] = identifier
        self._entries[identifier] = entry
        self._entries.move_to_end(identifier)
        if len(self._entries) > self._capacity:
            gone, old = self._entries.popitem(last=False)
            if self._ids.get(old.name) == gone:
                del self._ids[old.name]
            self._dropped += 1
            old.forget()
            self._passed = max(self._passed, old.revision, old.written_at)
