"""Tools that are served by an attached host, and by a worker that listens, through a real server."""

import asyncio
import socketserver
import subprocess
import sys
import threading
import time
import uuid
from concurrent import futures

import grpc
import pytest

import toolbox
from snakepit_bridge import (
    AsyncSessionContext, InvalidArgument, LaunchFailed, LimitExceeded, SessionContext, SnakepitError, ToolFailed, ToolHost, ToolNotFound,
    Unavailable, VersionConflict, Worker, WorkerServer, launch, tool,
)
from snakepit_bridge._calls import Stubs
from snakepit_bridge._proto import snakepit_tools_pb2 as tools_pb
from snakepit_bridge.worker import WAITING_CALLS
from test_watch import Killed

DEADLINE = 30


def attached(sidecar, session):
    return ToolHost.attach(sidecar.address, toolbox, sessions=[session.session_id], max_concurrent_calls=4)


@pytest.fixture(scope="module", params=["attached", "listening"])
def serving(request):
    """A server of its own, since a worker is there for all of a server's sessions, and who serves the tools."""
    with launch(arguments=["--heartbeat", "1s"]) as sidecar:
        if request.param == "attached":
            with ToolHost.attach(sidecar.address, toolbox, max_concurrent_calls=4) as host:
                yield sidecar, host.offer
        else:
            with WorkerServer([toolbox], sidecar.address, announce=True, worker_id="worker"):
                yield sidecar, lambda session_id: None


@pytest.fixture
def served(serving):
    """A new session whose tools are served."""
    sidecar, offer = serving
    with sidecar.connect(f"python-{uuid.uuid4()}", end_on_exit=True) as session:
        offer(session.session_id)
        session.address = sidecar.address
        yield session


def reset():
    for event in (toolbox.noticed, toolbox.closed, toolbox.began):
        event.clear()


def test_tools_are_called_and_answer(served):
    assert served.call_tool("add", a=1) == 3.0 and served.call_tool("add", a=1, b=0.5) == 1.5
    assert served.call_tool("shout", text="no", times=2, mood="angry") == {"text": "NONO", "mood": "angry", "extra": None}
    assert served.call_tool("echo", a=[1, {"b": None}], c="d") == {"a": [1, {"b": None}], "c": "d"}
    assert served.call_tool("later", value=1) == 2 and served.call_tool("size", data=bytes(range(256))) == 256
    assert served.call_tool("who") == {"session": served.session_id, "metadata": "python"}
    assert list(served.stream_tool("count", n=3)) == [0, 1, 2]
    assert list(served.stream_tool("count", n=100)) == list(range(100))
    assert list(served.stream_tool("count_later", n=2)) == [{"value": 0}, {"value": 1}]


def test_arrays_go_in_and_come_out(served):
    numpy = pytest.importorskip("numpy", reason="numpy is not installed")
    array = numpy.arange(100_000, dtype="float32")
    doubled = served.call_tool("double", values=array)
    assert doubled.dtype == "float32" and (doubled == 2 * array).all()


def test_tools_are_listed_with_their_parameters(served):
    served.call_tool("add", a=1)
    listed = {entry["name"]: entry for entry in served.list_tools()}
    assert {"add", "shout", "count"} <= set(listed) and listed["count"]["supports_streaming"]
    assert listed["add"]["description"] == "Adds two numbers." and len(listed["add"]["hosts"]) == 1
    first, second = listed["add"]["parameters"]
    assert first == {"name": "a", "type": "float", "description": "the first", "required": True} and second["default"] == 2


def test_failures_have_the_tools_words(served):
    with pytest.raises(ToolFailed, match="^RuntimeError: mine$"):
        served.call_tool("fail", words="mine")
    with pytest.raises(ToolNotFound, match="Tool not found: nothing"):
        served.call_tool("nothing")
    with pytest.raises(SnakepitError, match="a"):
        served.call_tool("add", b=1)
    stream = served.stream_tool("count", n=5, fail_at=2)
    with pytest.raises(ToolFailed, match="ValueError: no 2"):
        for _ in stream:
            pass


def test_a_tool_reads_and_sets_the_variables_of_its_session(served):
    served["temperature"] = 0.5
    assert served.call_tool("warmer", by=0.25) == 0.75
    assert served.get_variable("temperature", bypass_cache=True) == 0.75


def test_others_watch_what_tools_set_each_change_once_and_in_order(served):
    served["temperature"] = 0.0
    with SessionContext.connect(served.address, served.session_id) as other:
        watches = [other.watch("temperature") for _ in range(5)]
        threads = [threading.Thread(target=served.call_tool, args=("warmer",), kwargs={"by": 1}) for _ in range(8)]
        for thread in threads:
            thread.start()
        seen = [[next(watch) for _ in range(8)] for watch in watches]
        for thread in threads:
            thread.join()
        for watch in watches:
            watch.close()
    revisions = [[update.revision for update in updates] for updates in seen]
    assert revisions[0] == list(range(revisions[0][0], revisions[0][0] + 8))
    assert all(each == revisions[0] for each in revisions)
    assert all(now.old == before.value for before, now in zip(seen[0], seen[0][1:]))


def test_calls_run_at_once(served):
    served.call_tool("add", a=1)
    began = time.monotonic()
    threads = [threading.Thread(target=served.call_tool, args=("sleep",), kwargs={"seconds": 1}) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - began < 3


def test_a_stream_that_its_caller_leaves_is_closed_at_the_tool(served):
    reset()
    stream = served.stream_tool("forever")
    assert [next(stream) for _ in range(20)] == list(range(20))
    stream.close()
    assert toolbox.closed.wait(DEADLINE)


def test_a_call_whose_caller_gives_up_is_cancelled_at_the_tool(served):
    served.call_tool("add", a=1)
    reset()
    served.tool_timeout = 0.5
    with pytest.raises(SnakepitError):
        served.call_tool("wait")
    assert toolbox.noticed.wait(DEADLINE)
    served.tool_timeout = None
    assert served.call_tool("add", a=1) == 3.0


def test_a_slow_reader_holds_the_tool_back(served):
    """The tool may be ahead of its caller by so many chunks only."""
    reset()
    stream = served.stream_tool("forever")
    next(stream)
    time.sleep(0.5)
    first = next(stream)
    stream.close()
    assert first == 1 and toolbox.closed.wait(DEADLINE)


def test_the_asyncio_twin_calls_tools_too(served):
    async def test():
        async with await AsyncSessionContext.connect(served.address, served.session_id) as session:
            assert await session.call_tool("add", a=1) == 3.0
            assert [value async for value in session.stream_tool("count", n=3)] == [0, 1, 2]
            assert any(entry["name"] == "add" for entry in await session.list_tools())
            with pytest.raises(ToolFailed, match="mine"):
                await session.call_tool("fail", words="mine")

    asyncio.run(asyncio.wait_for(test(), DEADLINE))


# ---- Attached hosts ----


def test_tools_of_the_clients_side_are_called_as_elixirs_are(sidecar, session):
    with attached(sidecar, session):
        assert {"add", "shout"} <= set(session.elixir_tools)
        assert session.call_elixir_tool("add", a=1, b=5) == 6.0
        with pytest.raises(ToolFailed, match="mine"):
            session.call_elixir_tool("fail", words="mine")


def test_a_function_of_this_process_is_called_without_the_server(session):
    session.register_tool(lambda a: a + 1, "next")
    assert session.call_tool("next", a=1) == 2


def test_what_is_withdrawn_is_not_found(sidecar, session):
    with ToolHost.attach(sidecar.address, toolbox) as host:
        ids = host.offer(session.session_id, "add", "echo")
        assert set(ids) == {"add", "echo"} and session.call_tool("add", a=1) == 3.0
        host.withdraw(session.session_id, "add")
        until(lambda: [entry["name"] for entry in session.list_tools()] == ["echo"])
        with pytest.raises(ToolNotFound):
            session.call_tool("add", a=1)
        assert session.call_tool("echo", a=1) == {"a": 1}


def test_offers_that_are_refused_say_why(sidecar, session):
    @tool(name="bad name!")
    def bad():
        pass

    with pytest.raises(SnakepitError, match="bad name!"):
        ToolHost.attach(sidecar.address, bad, sessions=[session.session_id])
    with pytest.raises(InvalidArgument, match="host_id"):
        ToolHost.attach(sidecar.address, toolbox.add, host_id="x" * 200)


def test_a_host_that_attaches_elsewhere_ends_the_older(sidecar, session):
    with ToolHost.attach(sidecar.address, toolbox.add, sessions=[session.session_id], host_id=f"h-{uuid.uuid4()}") as older:
        with ToolHost.attach(sidecar.address, toolbox.add, host_id=older.host_id):
            with pytest.raises(VersionConflict):
                older.wait(DEADLINE)
            # What the older had offered is the newer's.
            assert session.call_tool("add", a=1) == 3.0


def test_a_host_comes_back_after_kill_9_of_the_server_and_serves(tmp_path):
    with Killed(tmp_path) as server, SessionContext.connect(server.address, "s", timeout=60) as session:
        with ToolHost.attach(server.address, toolbox, sessions=["s"]) as host:
            assert session.call_tool("add", a=1) == 3.0
            server.kill()
            with pytest.raises(Unavailable):
                session.call_tool("add", a=1)
            server.start()
            host.offer("t", timeout=DEADLINE)
            until(lambda: succeeds(lambda: session.call_tool("add", a=1)))
            assert host.ended is None


def test_a_server_that_forgot_its_sessions_can_be_offered_the_tools_again():
    server = launch()
    with ToolHost.attach(server.address, toolbox, sessions=["s"]) as host:
        server.kill()
        with launch(port=server.port) as again:
            host.offer("s", timeout=DEADLINE)
            with again.connect("s") as session:
                assert session.call_tool("add", a=1) == 3.0


def test_an_answer_that_is_too_large_ends_its_call_and_no_other():
    release = threading.Event()

    @tool
    def blow(size: int) -> bytes:
        return b"x" * size

    @tool
    def trickle(size: int):
        yield b"first"
        yield b"x" * size

    @tool
    def wait() -> str:
        return "waited" if release.wait(DEADLINE) else "in vain"

    with launch(arguments=["--max-message-bytes", "1000000"]) as sidecar, sidecar.connect("large") as session:
        with ToolHost.attach(sidecar.address, blow, trickle, wait, sessions=["large"]) as host:
            with futures.ThreadPoolExecutor(1) as pool:
                waiting = pool.submit(session.call_tool, "wait")
                until(lambda: session.call_tool("blow", size=3) == b"xxx")
                with pytest.raises(LimitExceeded, match="tool blow: the answer has 1000[0-9]{3} bytes, and a message may have 1000000"):
                    session.call_tool("blow", size=1_000_000)
                with pytest.raises(LimitExceeded, match="tool trickle: the answer has"):
                    list(session.stream_tool("trickle", size=1_000_000))
                assert len(session.call_tool("blow", size=999_000)) == 999_000
                release.set()
                assert waiting.result(DEADLINE) == "waited" and host.ended is None


def test_a_server_that_is_announced_to_itself_as_a_worker_ends_the_circle():
    with launch() as sidecar, sidecar.connect("circle") as session, grpc.insecure_channel(sidecar.address) as channel:
        session["x"] = 1
        tools = Stubs.over(channel).tools
        tools.AddWorker(tools_pb.AddWorkerRequest(worker_id="itself", address=sidecar.address), timeout=DEADLINE)
        with pytest.raises(SnakepitError, match="sent on from server to server 4 times"):
            session.call_tool("nothing", timeout=DEADLINE)
        with pytest.raises(SnakepitError, match="sent on from server to server 4 times"):
            list(session.stream_tool("nothing", timeout=DEADLINE))
        (itself,) = tools.ListWorkers(tools_pb.ListWorkersRequest(), timeout=DEADLINE).workers
        assert (itself.calls, itself.failed_calls, itself.calls_in_flight) == (8, 8, 0)


def test_what_speaks_no_grpc_is_not_taken_for_a_worker(session, sidecar):
    class Refusing(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.recv(10)
            self.request.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Refusing) as other, grpc.insecure_channel(sidecar.address) as channel:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        tools = Stubs.over(channel).tools
        tools.AddWorker(tools_pb.AddWorkerRequest(worker_id="web", address=f"127.0.0.1:{other.server_address[1]}"), timeout=DEADLINE)
        try:
            workers = lambda: tools.ListWorkers(tools_pb.ListWorkersRequest(), timeout=DEADLINE).workers  # noqa: E731
            until(lambda: [one for one in workers() if one.worker_id == "web"][0].state != tools_pb.WorkerStatus.STARTING)
            assert [one.state for one in workers() if one.worker_id == "web"] == [tools_pb.WorkerStatus.DOWN]
            with pytest.raises(Unavailable, match="web does not answer"):
                session.call_tool("nothing")
        finally:
            tools.RemoveWorker(tools_pb.RemoveWorkerRequest(worker_id="web"), timeout=DEADLINE)
            other.shutdown()


def test_closing_a_host_lets_calls_under_way_end(sidecar, session):
    host = attached(sidecar, session)
    reset()
    answers = []
    caller = threading.Thread(target=lambda: answers.append(session.call_tool("wait", seconds=1.0)))
    caller.start()
    assert toolbox.began.wait(DEADLINE)
    host.close(DEADLINE)
    caller.join(DEADLINE)
    assert answers == ["done"]


def test_a_host_that_cannot_attach_says_so():
    with pytest.raises(Unavailable):
        ToolHost.attach("localhost:1", toolbox.add, timeout=0.5)


# ---- Workers that listen ----


def test_a_worker_class_serves_by_either_way(sidecar, session):
    class Scaler(Worker):
        factor = 3

        @tool
        def scale(self, value: int) -> int:
            return value * self.factor

    with Scaler().attach(sidecar.address, sessions=[session.session_id]):
        assert session.call_tool("scale", value=2) == 6


def test_a_worker_process_says_where_it_listens_and_ends_with_its_server(tmp_path, environment):
    ready = tmp_path / "ready"
    environment["SNAKEPIT_READY_FILE"] = str(ready)
    server = launch()
    command = [
        sys.executable, "-m", "snakepit_bridge", "--adapter", "toolbox", "--elixir-address", server.address, "--port", "0",
        "--snakepit-run-id", "run", "--some-later-flag"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as worker:
        try:
            line = worker.stdout.readline()
            assert line.startswith("GRPC_READY:") and ready.read_text() == line.strip().partition(":")[2]
            with server.connect("s") as session:
                Stubs.over(session.channel).tools.AddWorker(
                    tools_pb.AddWorkerRequest(address=f"127.0.0.1:{ready.read_text()}"), timeout=DEADLINE)
                assert session.call_tool("add", a=1) == 3.0
            server.kill()
            assert worker.wait(DEADLINE) == 1
            assert "the server is gone" in worker.stderr.read()
        finally:
            worker.kill()


def test_a_worker_process_ends_with_sigterm(sidecar, environment):
    command = [sys.executable, "-m", "snakepit_bridge", "--adapter", "toolbox:add", "--server", sidecar.address]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as worker:
        try:
            assert worker.stdout.readline().startswith("GRPC_READY:")
            worker.terminate()
            assert worker.wait(DEADLINE) == 0
        finally:
            worker.kill()


def test_a_worker_that_is_busy_still_says_that_it_lives_and_takes_calls_in_turn(sidecar, session):
    import grpc
    from snakepit_bridge._proto import snakepit_bridge_pb2 as pb
    from snakepit_bridge._tool_calls import execute_request

    with WorkerServer([toolbox], sidecar.address, max_concurrent_calls=1) as worker, grpc.insecure_channel(worker.address) as channel:
        bridge = Stubs.over(channel).bridge

        def start(name, **parameters):
            return bridge.ExecuteTool.future(execute_request(session.session_id, name, parameters), timeout=DEADLINE)

        reset()
        busy = start("wait")
        assert toolbox.began.wait(DEADLINE)
        waiting = [start("add", a=number) for number in range(WAITING_CALLS)]
        until(lambda: worker_threads() >= WAITING_CALLS)
        with pytest.raises(grpc.RpcError, match="the limit of 32 calls that wait is reached"):
            start("add", a=1).result()
        assert bridge.Ping(pb.PingRequest(message="alive"), timeout=DEADLINE).message == "pong: alive"
        assert not any(one.done() for one in waiting)
        busy.cancel()
        assert toolbox.noticed.wait(DEADLINE)
        assert [one.result().success for one in waiting] == [True] * WAITING_CALLS


def worker_threads():
    """Threads of the worker that have something to do: what waits for its turn is in one."""
    import snakepit_bridge.worker as module

    frames = sys._current_frames().values()
    return sum(any(one.f_code.co_name == "turn" and one.f_globals is vars(module) for one in stack(frame)) for frame in frames)


def stack(frame):
    while frame is not None:
        yield frame
        frame = frame.f_back


@pytest.mark.parametrize("adapter, words", [("no_such_module", "no_such_module"), ("toolbox:nothing", "module toolbox has no nothing")])
def test_a_worker_that_cannot_start_says_why_in_a_line(sidecar, adapter, words, capsys):
    from snakepit_bridge.command_line import main

    assert main(["--adapter", adapter, "--server", sidecar.address]) == 1
    assert words in capsys.readouterr().err


# ---- Sidecars ----


def test_a_sidecar_is_stopped_with_its_block():
    with launch() as sidecar, sidecar.connect("s") as session:
        session["x"] = 1
        assert session["x"] == 1
        process = sidecar.process
    assert process.returncode == 0


def test_a_sidecar_that_cannot_start_says_why(tmp_path):
    with pytest.raises(LaunchFailed, match="there is no"):
        launch(str(tmp_path / "nothing"))
    with pytest.raises(LaunchFailed, match="no-such-option"):
        launch(arguments=["--no-such-option"])


def until(holds):
    deadline = time.monotonic() + DEADLINE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def succeeds(act):
    try:
        act()
        return True
    except SnakepitError:
        return False
