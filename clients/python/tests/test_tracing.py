"""The trace and the correlation id of calls, given for a block of them."""

import asyncio
import sys
import threading
import types

import pytest

from recording import PARENT, STATE, TRACE_ID, headers_of
from snakepit_bridge import (
    AsyncSessionContext, SessionContext, ToolHost, Trace, VariableAwareMixin, current_trace, tool, trace,
)

DEADLINE = 30
BAD_PARENTS = [
    "", "00-xyz", PARENT.upper(), PARENT + "\n", PARENT + "-more", "ff" + PARENT[2:], PARENT.replace(TRACE_ID, "0" * 32), "zwölf", 7,
]


def test_calls_of_a_block_carry_what_is_given_and_others_nothing(recorder, session_id):
    with SessionContext.connect(recorder.address, session_id, cache_ttl=0) as session:
        session.register_variable("x", "integer", 1)
        with trace(traceparent=PARENT, tracestate=STATE, correlation_id="job-7") as one:
            assert current_trace() is one and session["x"] == 1
            with trace(correlation_id="job-8"):
                assert session["x"] == 1
            with trace(traceparent=headers_of(1)["traceparent"]):
                assert session["x"] == 1
            thread = threading.Thread(target=lambda: session["x"])
            thread.start()
            thread.join(DEADLINE)
        with pytest.raises(ZeroDivisionError), trace(correlation_id="job-9"):
            1 / 0
        assert session["x"] == 1 and current_trace() == Trace()
    mine = {"traceparent": PARENT, "tracestate": STATE, "x-snakepit-correlation-id": "job-7"}
    assert recorder.headers("GetVariable") == [
        mine, {**mine, "x-snakepit-correlation-id": "job-8"},
        {"traceparent": headers_of(1)["traceparent"], "x-snakepit-correlation-id": "job-7"}, {}, {}]


def test_tasks_of_one_loop_do_not_mix(recorder, session_id):
    async def test():
        async with await AsyncSessionContext.connect(recorder.address, session_id, cache_ttl=0, end_on_exit=True) as session:
            async def use(number):
                name = f"mark-{number:02}"
                with trace(correlation_id=name):
                    await session.assign(name, 1)
                    for _ in range(3):
                        assert await session[name] == 1
                assert current_trace() == Trace()

            await asyncio.gather(*(use(number) for number in range(10)))

    asyncio.run(asyncio.wait_for(test(), DEADLINE))
    for number in range(10):
        found = recorder.headers("GetVariable", b"mark-%02d" % number)
        assert len(found) >= 3 and all(headers == {"x-snakepit-correlation-id": f"mark-{number:02}"} for headers in found)


def test_a_stream_of_asyncio_belongs_to_who_asked_for_it(sidecar, session, recorder):
    @tool
    def told_often(mark: str):
        yield from (1, 2)

    async def test():
        async with await AsyncSessionContext.connect(recorder.address, session.session_id) as twin:
            with trace(correlation_id="asked"):
                stream = twin.stream_tool("told_often", mark="m")
            with trace(correlation_id="read"):
                assert [value async for value in stream] == [1, 2] and current_trace().correlation_id == "read"

    with ToolHost.attach(sidecar.address, told_often, sessions=[session.session_id]):
        asyncio.run(asyncio.wait_for(test(), DEADLINE))
    assert recorder.headers("ExecuteStreamingTool") == [{"x-snakepit-correlation-id": "asked"}]


def test_a_watch_that_is_cut_off_goes_on_in_its_openers_trace_and_calls_back_in_none(recorder, session_id):
    told = []
    with SessionContext.connect(recorder.address, session_id) as session:
        session["x"] = 0
        with trace(correlation_id="opener"):
            watch = session.watch("x")
            session.watch_variable("x", lambda name, old, new, metadata: told.append(current_trace()))
        recorder.cut()
        session["x"] = 1
        with trace(correlation_id="reader"):
            assert next(watch).value == 1 and current_trace().correlation_id == "reader"
        until(lambda: told)
    assert len(recorder.headers("WatchVariables")) >= 4 and told == [Trace()]
    assert all(headers == {"x-snakepit-correlation-id": "opener"} for headers in recorder.headers("WatchVariables"))


def test_a_watch_of_asyncio_goes_on_in_its_openers_trace_and_calls_back_in_none(recorder, session_id):
    async def test():
        async with await AsyncSessionContext.connect(recorder.address, session_id) as session:
            told = asyncio.Queue()
            await session.assign("x", 0)
            with trace(correlation_id="opener"):
                watch = await session.watch("x")
                await session.watch_variable("x", lambda name, old, new, metadata: told.put_nowait(current_trace()))
            recorder.cut()
            await session.assign("x", 1)
            with trace(correlation_id="reader"):
                assert (await watch.__anext__()).value == 1 and current_trace().correlation_id == "reader"
            assert await told.get() == Trace()

    asyncio.run(asyncio.wait_for(test(), DEADLINE))
    assert len(recorder.headers("WatchVariables")) >= 4
    assert all(headers == {"x-snakepit-correlation-id": "opener"} for headers in recorder.headers("WatchVariables"))


def test_what_a_module_reads_beside_the_event_loop_is_in_the_trace_too(recorder, session_id):
    async def test(module):
        with trace(correlation_id="job-7"):
            assert await module.get_variable_async("x") == 1
            await module.sync_variables()

    with SessionContext.connect(recorder.address, session_id, cache_ttl=0) as session:
        session["x"] = 1
        module = VariableAwareMixin(session)
        module.bind_variable("x", "x")
        recorder.calls.clear()
        asyncio.run(asyncio.wait_for(test(module), DEADLINE))
        module.stop_following()
    assert recorder.calls and all(headers == {"x-snakepit-correlation-id": "job-7"} for _, headers, _ in recorder.calls)


def test_only_with_a_trace_is_a_stub_of_ones_own_given_metadata():
    class Bridge:
        def Heartbeat(self, request, timeout, wait_for_ready, **more):
            given.append(more)
            return types.SimpleNamespace(session_valid=True)

    given = []
    session = SessionContext(Bridge(), "s")
    session.heartbeat()
    with trace(correlation_id="job-7"):
        session.heartbeat()
    assert given == [{}, {"metadata": (("x-snakepit-correlation-id", "job-7"),)}]


# ---- What is valid ----


@pytest.mark.parametrize("given, culprit", [
    *(({"traceparent": parent}, "traceparent must be as W3C's") for parent in BAD_PARENTS),
    ({"correlation_id": "a\nb"}, r"correlation_id must be printable ASCII of at most 256 characters, not 'a\\nb'"),
    ({"correlation_id": "zwölf"}, "correlation_id must be"), ({"correlation_id": "x" * 257}, "correlation_id must be"),
    ({"correlation_id": ""}, "correlation_id must be"), ({"correlation_id": 7}, "correlation_id must be .* not 7"),
    ({"traceparent": PARENT, "tracestate": "a=\n"}, "tracestate must be"), ({"tracestate": STATE}, "tracestate is a traceparent's"),
])
def test_what_cannot_be_sent_is_named(given, culprit):
    with pytest.raises(ValueError, match=culprit), trace(**given):
        pytest.fail("the block began")
    assert current_trace() == Trace()


@pytest.mark.parametrize("parent", BAD_PARENTS)
def test_what_is_received_and_not_valid_is_passed_over(parent):
    only = Trace(correlation_id="c")
    assert Trace.of_metadata({"traceparent": parent, "tracestate": STATE, "correlation_id": "c"}) == only
    assert Trace.of_headers([("traceparent", parent), ("tracestate", STATE), ("x-snakepit-correlation-id", "c")]) == only
    assert Trace.of_headers([("traceparent", PARENT), ("traceparent", PARENT), ("tracestate", STATE)]) == Trace()
    assert Trace.of_headers([("traceparent", PARENT), ("tracestate", "\t"), ("x-snakepit-correlation-id", "\xe9")]) == Trace(PARENT)


def test_a_state_in_parts_is_one_and_later_versions_may_say_more():
    parent = "01" + PARENT[2:] + "-more"
    assert Trace.of_headers([("tracestate", "a=1"), ("traceparent", parent), ("tracestate", "b=2")]) == Trace(parent, "a=1,b=2")


# ---- OpenTelemetry ----


def test_without_a_trace_given_calls_carry_opentelemetrys_current_span(monkeypatch, recorder, session_id):
    """With a stand-in of its two functions that are used, and of the span's context."""
    span = types.SimpleNamespace(is_valid=True)
    api, propagate, package = (types.ModuleType(f"opentelemetry{part}") for part in (".trace", ".propagate", ""))
    api.get_current_span = lambda: types.SimpleNamespace(get_span_context=lambda: span)
    propagate.inject = lambda carrier: carrier.update(traceparent=PARENT, tracestate=STATE, baggage="a=b")
    package.trace, package.propagate = api, propagate
    with SessionContext.connect(recorder.address, session_id, cache_ttl=0) as session:
        session.register_variable("x", "integer", 1)
        for module in (package, api, propagate):
            monkeypatch.setitem(sys.modules, module.__name__, module)
        session["x"]
        with trace(correlation_id="job-7"):
            session["x"]
        with trace(traceparent=headers_of(1)["traceparent"]):
            session["x"]
        span.is_valid = False
        session["x"]
        monkeypatch.undo()
    of_span = {"traceparent": PARENT, "tracestate": STATE}
    assert recorder.headers("GetVariable") == [
        of_span, {**of_span, "x-snakepit-correlation-id": "job-7"}, {"traceparent": headers_of(1)["traceparent"]}, {}]


def until(holds):
    late = threading.Event()
    timer = threading.Timer(DEADLINE, late.set)
    timer.start()
    while not holds() and not late.wait(0.02):
        pass
    timer.cancel()
    assert holds()
