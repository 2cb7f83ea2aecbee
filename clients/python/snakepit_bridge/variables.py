"""What a context tells of variables beyond their values."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Dict, Optional

from ._proto import snakepit_bridge_pb2 as pb
from .serialization import TypeSerializer, type_of


@dataclass(frozen=True)
class Opaque:
    """A value whose bytes cannot be read here: what describes them, the bytes, and why not."""

    descriptor: Any
    data: bytes
    reason: str


@dataclass(frozen=True)
class VariableInfo:
    """A variable with all that describes it. `revision` is the session's when the variable last changed."""

    id: str
    name: str
    type: str
    value: Any
    version: int
    revision: int
    constraints: Dict[str, Any]
    metadata: Dict[str, str]
    source: str
    last_updated_at: datetime
    access_control: Dict[str, Any]
    optimizer_id: Optional[str] = None
    optimization_id: Optional[str] = None

    @property
    def optimizing(self) -> bool:
        """Whether an optimizer holds it."""
        return self.optimizer_id is not None

    def as_dict(self) -> Dict[str, Any]:
        """The entry that list_variables gives for it."""
        return {
            "id": self.id, "name": self.name, "type": self.type, "value": self.value, "version": self.version,
            "constraints": self.constraints, "metadata": self.metadata, "optimizing": self.optimizing,
            "revision": self.revision, "source": self.source,
        }


@dataclass(frozen=True)
class HistoryEntry:
    """One version of a variable. Of a value that went as raw bytes, `value` is only what describes them."""

    version: int
    value: Any
    timestamp: datetime
    changed_by: str
    metadata: Dict[str, str]


@dataclass(frozen=True)
class SessionInfo:
    """A session as a whole. `expires_at` moves on with every use."""

    id: str
    metadata: Dict[str, str]
    created_at: datetime
    variable_count: int
    revision: int
    expires_at: Optional[datetime]
    watcher_count: int


def value_of(variable: Any) -> Any:
    """A Variable message's value. ValueError if its bytes cannot be read."""
    return TypeSerializer.decode_any(variable.value, variable.binary_value)


def info_of(variable: Any) -> VariableInfo:
    """What a Variable message says. A value that cannot be read is Opaque."""
    status = variable.optimization_status
    return VariableInfo(
        id=variable.id,
        name=variable.name,
        type=variable.type,
        value=readable(variable.value, variable.binary_value),
        version=variable.version,
        revision=variable.revision,
        constraints=json.loads(variable.constraints_json or "{}"),
        metadata=dict(variable.metadata),
        source=pb.Variable.Source.Name(variable.source).lower(),
        last_updated_at=time_of(variable.last_updated_at),
        access_control=json.loads(variable.access_control_json or "{}"),
        optimizer_id=status.optimizer_id if status.optimizing else None,
        optimization_id=status.optimization_id if status.optimizing else None,
    )


def readable(value: Any, data: bytes = b"") -> Any:
    """The value, or Opaque where it cannot be read: one such must not hide all others of a list."""
    try:
        return TypeSerializer.decode_any(value, data)
    except ValueError as error:
        return Opaque(_descriptor(value), data, str(error))


def without_bytes(value: Any) -> Any:
    """A value whose raw bytes, if it has such, were not sent with it: then what describes them."""
    return _descriptor(value) if type_of(value.type_url)[1] else readable(value)


def time_of(timestamp: Any) -> datetime:
    """A protobuf timestamp in UTC."""
    return datetime.fromtimestamp(timestamp.seconds + timestamp.nanos / 1e9, timezone.utc)


def _descriptor(value: Any) -> Any:
    try:
        return json.loads(value.value)
    except ValueError:
        return None
