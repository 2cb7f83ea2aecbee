"""Whose calls they are: the W3C trace and the correlation id that calls carry, from a tool's caller through the tool.

    with trace(correlation_id="job-7"):
        session.call_tool("train")

A tool runs in the trace of its call, wherever that runs. What is current is a contextvar's: tasks have what their maker
had, threads nothing, and `contextvars.copy_context().run` takes it to a thread.
"""

from __future__ import annotations

import contextvars
import re
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Optional, Tuple

CORRELATION_HEADER = "x-snakepit-correlation-id"

# As the server has it. Of a state, W3C has 512 passed on at the least; a call's headers must not exceed a server's limits.
LONGEST_CORRELATION_ID = 256
LONGEST_STATE = 4_096

# https://www.w3.org/TR/trace-context/#traceparent-header; versions to come may say more.
_PARENT = re.compile(
    r"(?!ff)(?P<version>[0-9a-f]{2})-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?P<more>-[!-~]{0,200})?")


@dataclass(frozen=True)
class Trace:
    """What calls carry of their cause: the headers traceparent, tracestate and x-snakepit-correlation-id. None = not sent.

    ValueError names what no header can carry, or W3C's Trace Context does not know.
    """

    traceparent: Optional[str] = None
    tracestate: Optional[str] = None
    correlation_id: Optional[str] = None

    def __post_init__(self) -> None:
        for name, demand, is_valid in _DEMANDS:
            value = getattr(self, name)
            if value is not None and not (isinstance(value, str) and is_valid(value)):
                raise ValueError(f"{name} must be {demand}, not {value!r}")
        if self.tracestate is not None and self.traceparent is None:
            raise ValueError(f"tracestate is a traceparent's, and there is none: {self.tracestate!r}")

    def headers(self) -> Tuple[Tuple[str, str], ...]:
        """As gRPC's metadata, for calls by a stub of one's own."""
        named = (("traceparent", self.traceparent), ("tracestate", self.tracestate), (CORRELATION_HEADER, self.correlation_id))
        return tuple((name, value) for name, value in named if value is not None)

    @classmethod
    def of_headers(cls, headers: Iterable[Tuple[str, Any]]) -> Trace:
        """What a call's gRPC metadata say; what of it is not valid says nothing."""
        given: Dict[str, List[Any]] = {}
        for name, value in headers:
            given.setdefault(name, []).append(value)
        # Which of two parents is meant nobody knows; a state may be in several parts.
        parents, states = given.get("traceparent", []), given.get("tracestate", [])
        state = ",".join(states) if all(isinstance(part, str) for part in states) else None
        return _received(parents[0] if len(parents) == 1 else None, state, given.get(CORRELATION_HEADER, [None])[0])

    @classmethod
    def of_metadata(cls, metadata: Mapping[str, str]) -> Trace:
        """The same of a request's metadata, which is where attached hosts find it."""
        return _received(metadata.get("traceparent"), metadata.get("tracestate"), metadata.get("correlation_id"))


def _is_parent(value: str) -> bool:
    found = _PARENT.fullmatch(value)
    return found is not None and not (found["version"] == "00" and found["more"])


def _is_line(value: str, longest: int) -> bool:
    return 0 < len(value) <= longest and value.isascii() and value.isprintable()


_DEMANDS = (
    ("traceparent", "as W3C's Trace Context has it, VERSION-TRACE-PARENT-FLAGS in lower hexadecimal digits", _is_parent),
    ("tracestate", f"printable ASCII of at most {LONGEST_STATE} characters", lambda value: _is_line(value, LONGEST_STATE)),
    (
        "correlation_id", f"printable ASCII of at most {LONGEST_CORRELATION_ID} characters",
        lambda value: _is_line(value, LONGEST_CORRELATION_ID),
    ),
)


def _received(parent: Any, state: Any, correlation_id: Any) -> Trace:
    given = {"traceparent": parent, "tracestate": state, "correlation_id": correlation_id}
    valid = {
        name: given[name] for name, _, is_valid in _DEMANDS if isinstance(given[name], str) and is_valid(given[name])}
    if "traceparent" not in valid:
        valid.pop("tracestate", None)
    return Trace(**valid)


NONE = Trace()
_current: contextvars.ContextVar[Trace] = contextvars.ContextVar("snakepit_trace", default=NONE)


def current_trace() -> Trace:
    """What calls made here carry; within a tool, what its caller's did.

    Where no traceparent is given, and OpenTelemetry has a current span, that span is the parent.
    """
    one = _current.get()
    span = _of_span() if one.traceparent is None else NONE
    return one if span.traceparent is None else Trace(span.traceparent, span.tracestate, one.correlation_id)


@contextmanager
def trace(
    *, traceparent: Optional[str] = None, tracestate: Optional[str] = None, correlation_id: Optional[str] = None
) -> Iterator[Trace]:
    """Has every call of the block, with sessions of either kind, carry these.

    What is not given is as around the block; only a traceparent never goes with the tracestate of another.
    ValueError names what cannot be sent.
    """
    around = _current.get()
    if traceparent is None:
        traceparent = around.traceparent
        tracestate = around.tracestate if tracestate is None else tracestate
    with carried(Trace(traceparent, tracestate, around.correlation_id if correlation_id is None else correlation_id)) as one:
        yield one


@contextmanager
def carried(one: Trace) -> Iterator[Trace]:
    """Makes it the current one for the block, in the place of whichever is."""
    before = _current.get()
    _current.set(one)
    try:
        yield one
    finally:
        # A generator's block may end in another context than it began in, which has nothing to be taken back.
        if _current.get() is one:
            _current.set(before)


def within(one: Trace) -> contextvars.Context:
    """A context in which it is the current one: what runs in there, step by step and on any threads, leaves nothing behind."""
    context = contextvars.copy_context()
    context.run(_current.set, one)
    return context


def sending() -> Dict[str, Any]:
    """The options that have a gRPC call carry the current trace. Without one none: stubs of one's own may know no metadata."""
    headers = current_trace().headers()
    return {"metadata": headers} if headers else {}


def _of_span() -> Trace:
    # Who has not imported it has no span; and to look for a package that is not there would take longer than a call.
    api: Any = sys.modules.get("opentelemetry.trace")
    # One that is just being imported has nothing yet.
    if not hasattr(api, "get_current_span") or not api.get_current_span().get_span_context().is_valid:
        return NONE
    from opentelemetry import propagate

    carrier: Dict[str, str] = {}
    propagate.inject(carrier)
    return Trace.of_metadata({name: carrier[name] for name in ("traceparent", "tracestate") if name in carrier})
