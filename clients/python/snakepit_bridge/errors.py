"""What a call can raise: one exception for each kind of refusal, with the server's own words.

`error_of` is the one place where status codes become exceptions. Each is also the built-in exception that Python
programs expect of its kind, and a RuntimeError, which the public client raised for most failures.
"""

from __future__ import annotations

import re
from typing import Dict, Optional, Type

import grpc


class SnakepitError(RuntimeError):
    """A call that failed. `details` are the server's words, `code` its status code where it gave one."""

    def __init__(self, details: str, code: Optional[grpc.StatusCode] = None) -> None:
        super().__init__(details)
        self.details = details
        self.code = code

    def __str__(self) -> str:
        # KeyError, a base of some, would show the words' repr.
        return self.details


class NotFoundError(SnakepitError, LookupError):
    """What the call names is not there."""


class SessionNotFound(NotFoundError):
    """The session never was, or has ended."""


class VariableNotFoundError(NotFoundError, KeyError):
    """The session has no such variable."""


VariableNotFound = VariableNotFoundError


class VersionNotFound(NotFoundError):
    """The variable has no such version, or no longer."""


class InvalidArgument(SnakepitError, ValueError):
    """A value of a wrong type, a bad name, bad constraints: the call can never succeed as it is."""


class ConstraintViolation(InvalidArgument):
    """The value breaks one of the variable's constraints."""


class AlreadyExists(SnakepitError, ValueError):
    """The name is taken by a variable of another type or with other constraints."""


class VersionConflict(SnakepitError):
    """The variable is not at the expected version; `current_version` is the one it is at, where the server says so."""

    def __init__(self, details: str, code: Optional[grpc.StatusCode] = None) -> None:
        super().__init__(details, code)
        told = re.search(r"current version is (\d+)", details)
        self.current_version = int(told.group(1)) if told else None


class PreconditionFailed(SnakepitError):
    """The state forbids it for now: locked by an optimizer, has dependents, would close a cycle."""


class LimitExceeded(SnakepitError):
    """A limit of the server, which the words name with its value."""


class CallTimeout(SnakepitError, TimeoutError):
    """No answer in time. What was asked for may have happened all the same."""


class Unavailable(SnakepitError, ConnectionError):
    """The server cannot be reached, or is stopping, and stayed so for as long as the call was tried."""


class NotTrusted(Unavailable):
    """The connection cannot be encrypted: the server's certificate is of another authority or name, or it speaks no TLS."""


class AccessDenied(SnakepitError, PermissionError):
    """The server does not know the caller, or does not let it."""


class NotServed(SnakepitError, NotImplementedError):
    """The server has no such call."""


class Cancelled(SnakepitError):
    """The call was cancelled."""


class SessionEnded(Cancelled):
    """The session ended while it was watched."""


class BatchFailed(SnakepitError):
    """Some of a batch was refused; `errors` has the words by identifier."""

    def __init__(self, errors: Dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {words}" for name, words in sorted(errors.items())))
        self.errors = errors


class ToolNotFound(NotFoundError, ValueError):
    """Neither the session nor this process has a tool of that name."""


class ToolFailed(SnakepitError):
    """The tool ran and failed, or could not be run; the words are its own or the server's."""


_BY_CODE: Dict[grpc.StatusCode, Type[SnakepitError]] = {
    grpc.StatusCode.INVALID_ARGUMENT: InvalidArgument,
    grpc.StatusCode.NOT_FOUND: NotFoundError,
    grpc.StatusCode.ALREADY_EXISTS: AlreadyExists,
    grpc.StatusCode.ABORTED: VersionConflict,
    grpc.StatusCode.FAILED_PRECONDITION: PreconditionFailed,
    grpc.StatusCode.RESOURCE_EXHAUSTED: LimitExceeded,
    grpc.StatusCode.DEADLINE_EXCEEDED: CallTimeout,
    grpc.StatusCode.UNAVAILABLE: Unavailable,
    grpc.StatusCode.UNAUTHENTICATED: AccessDenied,
    grpc.StatusCode.PERMISSION_DENIED: AccessDenied,
    grpc.StatusCode.UNIMPLEMENTED: NotServed,
    grpc.StatusCode.CANCELLED: Cancelled,
}

# Words the protocol has a refusal contain, or grpc itself, where one code stands for several kinds.
_BY_WORDS = (
    (grpc.StatusCode.UNAVAILABLE, r"(?i)handshake failed|certificate.?verify.?failed|not in peer certificate", NotTrusted),
    (grpc.StatusCode.NOT_FOUND, r"^Session not found", SessionNotFound),
    (grpc.StatusCode.NOT_FOUND, r"^Variable not found", VariableNotFoundError),
    (grpc.StatusCode.NOT_FOUND, r"^Version not found", VersionNotFound),
    (grpc.StatusCode.NOT_FOUND, r"^Tool not found", ToolNotFound),
    (grpc.StatusCode.CANCELLED, r"^session .* ended$", SessionEnded),
    (
        grpc.StatusCode.INVALID_ARGUMENT,
        r"is below minimum|is above maximum|must be at (least|most) |must match pattern|must be one of"
        r"|must have exactly|shape must be|dtype must be|namespace",
        ConstraintViolation,
    ),
)


def error_of(code: grpc.StatusCode, details: Optional[str]) -> SnakepitError:
    """The exception for a status. The words stay the server's."""
    words = details or code.name
    for of_code, pattern, kind in _BY_WORDS:
        if code == of_code and re.search(pattern, words, re.DOTALL):
            return kind(words, code)
    return _BY_CODE.get(code, SnakepitError)(words, code)


def error_of_rpc(error: grpc.RpcError) -> SnakepitError:
    """The exception for a call that gRPC gave up; of grpc and grpc.aio alike."""
    return error_of(error.code(), error.details())
