"""Attributes of an object that follow variables, through one watch for all of an object's bindings."""

from __future__ import annotations

import logging
import threading
import weakref
from typing import Any, Callable, Dict, Optional

from .errors import NotFoundError, SnakepitError
from .session_context import SessionContext
from .variables import value_of
from .watching import Watch

logger = logging.getLogger(__name__)

# Applies a value to the object: (object, attribute, value).
Apply = Callable[[Any, str, Any], None]


class Bindings:
    """The bindings of one object. Thread-safe.

    Values come from a watch and from reads, in any order: each attribute goes only forward, by the session's revision.
    A copy of the object has a copy of these, which watches for itself from its first use on.
    """

    def __init__(self, context: Optional[SessionContext], apply: Apply) -> None:
        self.context = context
        self._apply = apply
        self._lock = threading.RLock()
        self._names: Dict[str, str] = {}
        # By attribute: the revision of the value it has.
        self._reached: Dict[str, int] = {}
        self._owner: Optional[weakref.ref[Any]] = None
        self._watch: Optional[Watch] = None

    def of(self, owner: Any) -> Bindings:
        """These, if they are the object's own; else a copy that is."""
        with self._lock:
            if self._owner is None:
                self._owner = weakref.ref(owner)
                weakref.finalize(owner, self.stop)
                self._follow()
            return self if self._owner() is owner else self.__deepcopy__({}).of(owner)

    def names(self) -> Dict[str, str]:
        """Variables by attribute."""
        with self._lock:
            return dict(self._names)

    def bind(self, attribute: str, variable: str) -> None:
        """Has the attribute follow the variable from its present value on, or from when it is registered."""
        with self._lock:
            self._names[attribute] = variable
            self._reached.pop(attribute, None)
            self._follow()
        self.sync(attribute)

    def unbind(self, attribute: str) -> None:
        """Leaves the attribute as it is from now on."""
        with self._lock:
            if self._names.pop(attribute, None) is not None:
                self._reached.pop(attribute, None)
                self._follow()

    def sync(self, *attributes: str) -> Dict[str, Any]:
        """Reads the variables of these attributes, or of all; the new values of those that changed."""
        changed: Dict[str, Any] = {}
        if self.context is None:
            return changed
        names = self.names()
        for attribute in attributes or names:
            try:
                variable = self.context.read(names[attribute])
                if self._reach(attribute, names[attribute], variable.revision, value_of(variable)):
                    changed[attribute] = value_of(variable)
            except NotFoundError:
                continue
            except (SnakepitError, ValueError) as error:
                logger.warning("attribute %s keeps its value: %s", attribute, error)
        return changed

    def stop(self) -> None:
        """Follows nothing any more; the names stay."""
        with self._lock:
            watch, self._watch = self._watch, None
        if watch is not None:
            watch.close()

    def __deepcopy__(self, _: Any) -> Bindings:
        copied = Bindings(self.context, self._apply)
        with self._lock:
            copied._names, copied._reached = dict(self._names), dict(self._reached)
        return copied

    def _follow(self) -> None:
        self.stop()
        if self.context is None or self._owner is None or not self._names:
            return
        try:
            # As patterns, since a variable may be registered later only.
            self._watch = self.context.watch(
                patterns=sorted(set(self._names.values())), include_initial_values=True, callback=self._told)
        except SnakepitError as error:
            logger.warning("bound attributes do not follow their variables: %s", error)

    def _told(self, name: str, old: Any, new: Any, metadata: Dict[str, str]) -> None:
        if metadata["update_type"] == "deleted":
            return
        for attribute, variable in self.names().items():
            if variable == name:
                self._reach(attribute, variable, int(metadata["variable_revision"]), new)

    def _reach(self, attribute: str, variable: str, revision: int, value: Any) -> bool:
        owner = None if self._owner is None else self._owner()
        with self._lock:
            if owner is None or self._names.get(attribute) != variable or revision <= self._reached.get(attribute, -1):
                return False
            self._reached[attribute] = revision
            self._apply(owner, attribute, value)
            return True

