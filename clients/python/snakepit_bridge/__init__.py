"""A client of a snakepit server, and workers that serve its tools.

    from snakepit_bridge import SessionContext

    with SessionContext.connect("localhost:50051", "tuning") as session:
        session["temperature"] = 0.7
        for update in session.watch("temperature"):
            print(update.old, "->", update.value)
"""

from ._channels import Tls
from ._tracing import Trace, current_trace, trace
from .errors import (
    AccessDenied, AlreadyExists, BatchFailed, CallTimeout, Cancelled, ConstraintViolation, InvalidArgument, LimitExceeded,
    NotFoundError, NotServed, NotTrusted, PreconditionFailed, SessionEnded, SessionNotFound, SnakepitError, ToolFailed,
    ToolNotFound,
    Unavailable, VariableNotFound, VariableNotFoundError, VersionConflict, VersionNotFound,
)
from .accessors import VariableProxy
from .aio import AsyncSessionContext
from .aio_watching import AsyncWatch
from .serialization import TypeSerializer
from .session_context import SessionContext
from .sidecar import LaunchFailed, Sidecar, launch
from .host import ToolHost
from .tools import Tool, ToolContext, tool
from .types import TypeValidator, VariableType
from .updates import Update
from .variables import HistoryEntry, SessionInfo, VariableInfo
from .variable_aware_mixin import VariableAwareMixin
from .watching import Watch
from .worker import Worker, WorkerServer

__version__ = "0.1.0"

__all__ = [
    "AccessDenied", "AlreadyExists", "AsyncSessionContext", "AsyncWatch", "BatchFailed", "CallTimeout", "Cancelled", "ConstraintViolation", "HistoryEntry",
    "InvalidArgument", "LaunchFailed", "LimitExceeded", "NotFoundError", "NotServed", "NotTrusted", "PreconditionFailed", "SessionContext", "SessionEnded",
    "SessionInfo", "SessionNotFound", "Sidecar", "SnakepitError", "Tls", "Tool", "ToolContext", "ToolFailed", "ToolHost", "ToolNotFound", "Trace", "TypeSerializer", "TypeValidator",
    "Unavailable", "Update", "VariableAwareMixin", "VariableInfo", "VariableNotFound", "VariableNotFoundError", "VariableProxy", "VariableType",
    "VersionConflict", "VersionNotFound", "Watch", "Worker", "WorkerServer", "__version__", "current_trace", "launch", "tool", "trace",
]
