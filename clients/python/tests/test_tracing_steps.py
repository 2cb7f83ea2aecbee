"""Each step of a tool is in the trace of its call, on whatever thread it is made, and leaves nothing behind there."""

import asyncio
import contextvars
import threading

import pytest

from snakepit_bridge import Tool, ToolContext, Trace, current_trace, trace
from snakepit_bridge import _invocation
from snakepit_bridge._tool_calls import execute_request, payload_of

DEADLINE = 30


def chunks_of(function, one):
    asked = execute_request("s", function.__name__, {})
    return _invocation.chunks(Tool(function), asked, ToolContext("s", None, {}, None, one))


def streams():
    def plain():
        yield current_trace().correlation_id
        with trace(correlation_id="inner"):
            yield current_trace().correlation_id
            yield current_trace().correlation_id
        yield current_trace().correlation_id

    async def lazy():
        yield current_trace().correlation_id
        with trace(correlation_id="inner"):
            yield current_trace().correlation_id
            await asyncio.sleep(0)
            yield current_trace().correlation_id
        yield current_trace().correlation_id

    return [plain, lazy]


@pytest.mark.parametrize("function", streams())
def test_each_step_of_a_stream_is_in_its_trace_on_whatever_thread(function):
    chunks, found = chunks_of(function, Trace(correlation_id="outer")), []

    def step():
        found.extend(payload_of(next(chunks)))
        assert current_trace() == Trace()

    for _ in range(4):
        thread = threading.Thread(target=step)
        thread.start()
        thread.join(DEADLINE)
    assert found == ["outer", "inner", "inner", "outer"]


@pytest.mark.parametrize("function", streams())
def test_streams_that_take_turns_on_one_thread_do_not_mix(function):
    with trace(correlation_id="around"):
        found = {name: [] for name in ("a", "b")}
        running = {name: chunks_of(function, Trace(correlation_id=name)) for name in found}
        for _ in range(4):
            for name, chunks in running.items():
                found[name].extend(payload_of(next(chunks)))
                assert current_trace().correlation_id == "around"
    assert found == {name: [name, "inner", "inner", name] for name in ("a", "b")}


def test_a_stream_is_closed_in_its_trace():
    seen = []

    def endless():
        try:
            while True:
                yield 1
        finally:
            seen.append(current_trace().correlation_id)

    chunks = chunks_of(endless, Trace(correlation_id="mine"))
    next(chunks)
    chunks.close()
    assert seen == ["mine"] and current_trace() == Trace()


@pytest.mark.parametrize("fails", [False, True])
def test_a_tool_leaves_nothing_behind_on_its_thread(fails):
    seen = []

    def plain():
        seen.append(current_trace().correlation_id)
        if fails:
            raise RuntimeError("mine")

    async def awaited():
        plain()

    for function in (plain, awaited):
        asked = execute_request("s", function.__name__, {})
        answer = _invocation.execute(Tool(function), asked, ToolContext("s", None, {}, None, Trace(correlation_id="mine")))
        assert answer.success is not fails and current_trace() == Trace()
    assert seen == ["mine", "mine"]


def test_a_block_that_ends_elsewhere_takes_nothing_back_there():
    def block():
        with trace(correlation_id="mine"):
            yield

    begun = block()
    contextvars.copy_context().run(next, begun)
    with trace(correlation_id="another"):
        begun.close()
        assert current_trace().correlation_id == "another"
