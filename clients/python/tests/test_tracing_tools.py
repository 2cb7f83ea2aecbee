"""Tools run in the trace of their call: whatever they call on the server carries it on."""

import threading
import uuid

import grpc
import pytest

from recording import PARENT, TRACE_ID, headers_of
from snakepit_bridge import AsyncSessionContext, SessionContext, ToolContext, ToolHost, WorkerServer, current_trace, launch, tool, trace
from snakepit_bridge._calls import Stubs
from snakepit_bridge._proto import snakepit_tools_pb2 as tools_pb
from snakepit_bridge._tool_calls import execute_request, payload_of, result_of

DEADLINE = 30


def call_everything(session, mark):
    session.get_variable(mark)
    with session.watch(mark):
        pass
    session.call_tool("told", mark=mark)
    assert len(list(session.stream_tool("told_often", mark=mark))) == 2


async def call_everything_async(context, mark):
    async with AsyncSessionContext(
        Stubs.over(channel := grpc.aio.insecure_channel(Callers.address)).bridge, context.session_id, channel=channel, end_on_exit=False
    ) as session:
        await session.get_variable(mark)
        async with await session.watch(mark):
            pass
        await session.call_tool("told", mark=mark)
        assert len([value async for value in session.stream_tool("told_often", mark=mark)]) == 2
    await channel.close()


class Callers:
    """Tools that call the server."""

    # Of the server, for those that make a session of their own.
    address = ""

    @tool
    def told(self, mark: str) -> list:
        return [current_trace().traceparent, current_trace().correlation_id]

    @tool
    def told_often(self, mark: str):
        yield from (1, 2)

    @tool
    def threaded(self, mark: str, context: ToolContext) -> dict:
        call_everything(context.session, mark)
        return {"given": dict(context.trace.headers()), "current": dict(current_trace().headers())}

    @tool
    async def awaited(self, mark: str, context: ToolContext) -> dict:
        await call_everything_async(context, mark)
        return {"given": dict(context.trace.headers()), "current": dict(current_trace().headers())}

    @tool
    def streamed(self, mark: str, context: ToolContext):
        yield {}
        call_everything(context.session, mark)
        yield {"given": dict(context.trace.headers()), "current": dict(current_trace().headers())}

    @tool
    async def streamed_async(self, mark: str, context: ToolContext):
        yield {}
        await call_everything_async(context, mark)
        yield {"given": dict(context.trace.headers()), "current": dict(current_trace().headers())}

    @tool
    def failing(self, mark: str, context: ToolContext):
        context.session.get_variable(mark)
        raise RuntimeError(mark)

    @tool
    def together(self, mark: str, context: ToolContext):
        for _ in range(3):
            Callers.barrier.wait(DEADLINE)
            context.session.get_variable(mark, bypass_cache=True)

    barrier = threading.Barrier(2)


@pytest.fixture(params=["listening", "attached"])
def call(request, sidecar, session, recorder):
    """Calls a tool with headers; what it returns, or its last chunk has. Between the tool and the server is the recorder."""
    Callers.address = recorder.address
    if request.param == "listening":
        host = WorkerServer([Callers], recorder.address, announce=True, worker_id=f"w-{uuid.uuid4()}")
        address = host.address
    else:
        host = ToolHost.attach(recorder.address, Callers, sessions=[session.session_id])
        address = sidecar.address
    with host, grpc.insecure_channel(address) as channel:
        bridge = Stubs.over(channel).bridge

        def called(name, mark, headers):
            asked = execute_request(session.session_id, name, {"mark": mark}, "streamed" in name)
            if request.param == "attached":
                # Where a server puts what the headers say.
                for key, header in (("traceparent",) * 2, ("tracestate",) * 2, ("correlation_id", "x-snakepit-correlation-id")):
                    asked.metadata[key] = headers[header]
            if "streamed" in name:
                chunks = bridge.ExecuteStreamingTool(asked, metadata=tuple(headers.items()), timeout=DEADLINE)
                return [payload for chunk in chunks for payload in payload_of(chunk)][-1]
            return result_of(bridge.ExecuteTool(asked, metadata=tuple(headers.items()), timeout=DEADLINE))

        yield called
        if request.param == "listening":
            with grpc.insecure_channel(sidecar.address) as server:
                Stubs.over(server).tools.RemoveWorker(tools_pb.RemoveWorkerRequest(worker_id=host.worker_id), timeout=DEADLINE)


# ---- Their calls ----


@pytest.mark.parametrize("name", ["threaded", "awaited", "streamed", "streamed_async"])
def test_whatever_a_tool_calls_carries_on_what_its_call_came_with(call, recorder, session, name):
    session["mark"] = 1
    headers = headers_of(1)
    told = call(name, "mark", headers)
    assert told["given"] == told["current"] == headers
    for method in ("GetVariable", "WatchVariables", "ExecuteTool", "ExecuteStreamingTool"):
        assert recorder.headers(method, b"mark") == [headers], method


def test_the_calls_of_two_tools_at_once_do_not_mix(call, recorder, session):
    session["mark-0"] = session["mark-1"] = 0
    callers = [threading.Thread(target=call, args=("together", f"mark-{number}", headers_of(number))) for number in (0, 1)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(DEADLINE)
    for number in (0, 1):
        assert recorder.headers("GetVariable", b"mark-%d" % number) == [headers_of(number)] * 3


def test_a_tool_that_fails_leaves_nothing_to_the_next(call, recorder, session):
    session["mark"] = 0
    for number in range(20):
        with pytest.raises(Exception, match="RuntimeError: mark"):
            call("failing", "mark", headers_of(number))
    assert recorder.headers("GetVariable", b"mark") == [headers_of(number) for number in range(20)]


def test_the_first_call_of_a_session_has_the_registration_of_the_tools_in_its_trace(sidecar, session, recorder):
    with WorkerServer([Callers], recorder.address) as worker, grpc.insecure_channel(worker.address) as channel:
        request = execute_request(session.session_id, "told", {"mark": "m"})
        Stubs.over(channel).bridge.ExecuteTool(request, metadata=tuple(headers_of(1).items()), timeout=DEADLINE)
    assert recorder.headers("RegisterTools") == [headers_of(1)]
    assert all(headers == {} for headers in recorder.headers("Ping"))


def test_a_trace_comes_back_from_a_tool_through_a_server_that_traces():
    with launch(arguments=["--otlp", "http://127.0.0.1:1"]) as server, server.connect("s") as session:
        class Relay:
            @tool
            def relay(self, session: SessionContext) -> list:
                return session.call_tool("told", mark="m")

        with WorkerServer([Callers, Relay], server.address, announce=True):
            with trace(traceparent=PARENT, correlation_id="job-7"):
                parent, correlation_id = session.call_tool("relay")
    assert parent.split("-")[1] == TRACE_ID and parent != PARENT and correlation_id == "job-7"
