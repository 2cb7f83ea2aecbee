"""One message of a watch, as programs read it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Dict

from .variables import VariableInfo, info_of, readable, time_of, value_of

INITIAL_VALUE = "initial_value"
VALUE_CHANGE = "value_change"
CONSTRAINT_CHANGE = "constraint_change"
REGISTERED = "registered"
DELETED = "deleted"
DEPENDENCY_CHANGE = "dependency_change"
OPTIMIZATION_CHANGE = "optimization_change"
HEARTBEAT = "heartbeat"
RESYNC = "resync"

# Those that tell of a value, or that it is gone.
OF_VALUES = frozenset((INITIAL_VALUE, VALUE_CHANGE, REGISTERED, DELETED))


class Update:
    """What a watch tells: one change, a value there was at the start, or that it starts anew (`resync`).

    Values are decoded when they are asked for.
    """

    __slots__ = ("raw",)

    def __init__(self, raw: Any) -> None:
        self.raw = raw

    @property
    def type(self) -> str:
        """One of the constants of this module."""
        return str(self.raw.update_type)

    @property
    def name(self) -> str:
        """The variable's name; empty for a resync."""
        return str(self.raw.variable.name)

    @property
    def variable_id(self) -> str:
        """The variable's id; empty for a resync."""
        return str(self.raw.variable_id)

    @property
    def variable(self) -> VariableInfo:
        """The variable as the change left it; of one that was deleted, as it was last."""
        return info_of(self.raw.variable)

    @property
    def value(self) -> Any:
        """The value of this very change; None for a deletion and a resync. ValueError if it cannot be read."""
        return None if self.type in (DELETED, RESYNC) else value_of(self.raw.variable)

    @property
    def old(self) -> Any:
        """The value before; None where there was none, or where it was left out for its size (`old_omitted`)."""
        return readable(self.raw.old_value, self.raw.old_binary_value) if self.raw.HasField("old_value") else None

    @property
    def old_omitted(self) -> bool:
        """Whether the value before was too large to be sent along; the history has it."""
        return bool(self.raw.update_metadata.get("old_value") == "omitted")

    @property
    def revision(self) -> int:
        """The session's revision with this change; 0 for a value that was there at the start."""
        return int(self.raw.revision)

    @property
    def version(self) -> int:
        """The variable's version."""
        return int(self.raw.variable.version)

    @property
    def metadata(self) -> Dict[str, str]:
        """What was given with the change."""
        return dict(self.raw.update_metadata)

    @property
    def source(self) -> str:
        """Who made the change, as its metadata said."""
        return str(self.raw.update_source)

    @property
    def timestamp(self) -> datetime:
        """When."""
        return time_of(self.raw.timestamp)

    def __repr__(self) -> str:
        if self.type == RESYNC:
            return "<resync>"
        return f"<r{self.revision} {self.type} {self.name} v{self.version} = {self._shown()}>"

    def _shown(self) -> str:
        try:
            text = repr(self.value)
        except ValueError:
            text = "(unreadable)"
        return text if len(text) <= 80 else text[:77] + "..."
