"""A worker that serves tools, as the public workers of v0.13 behave towards their server.

It pings the server until it answers, listens, says its port (in SNAKEPIT_READY_FILE, or on stdout where
WORKER_SAYS=stdout), and with a session's first call initializes the session, registers its tools and sends
heartbeats. Three of those in a row that fail end it.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

import grpc
from google.protobuf.any_pb2 import Any

import snakepit_bridge_pb2 as pb2
import snakepit_bridge_pb2_grpc as rpc

HEARTBEAT_SECONDS = 2
TOOLS = ("whoami", "sleep", "count", "remember", "spawn", "exit", "freeze", "print")


def any_of(value):
    return Any(type_url="type.googleapis.com/snakepit.map", value=json.dumps(value).encode())


class Tools:
    """What the worker can do. Each method takes the call's arguments and its session."""

    def __init__(self, server):
        self._server = server

    def whoami(self, arguments, session):
        return {"pid": os.getpid(), "session": session, "arguments": arguments, "variable": os.environ.get("WORKER_VARIABLE")}

    def sleep(self, arguments, session):
        if "mark" in arguments:
            pathlib.Path(arguments["mark"]).touch()
        time.sleep(arguments["seconds"])
        return {"pid": os.getpid()}

    def remember(self, arguments, session):
        """Calls back while it is called: registers a variable of the session and reads it."""
        value = Any(type_url="dspex.variables/integer", value=json.dumps(arguments["value"]).encode())
        self._server.RegisterVariable(pb2.RegisterVariableRequest(
            session_id=session, name=arguments["name"], type="integer", initial_value=value), timeout=10)
        reply = self._server.GetVariable(pb2.GetVariableRequest(
            session_id=session, variable_identifier=arguments["name"]), timeout=10)
        return {"value": json.loads(reply.variable.value.value)}

    def spawn(self, arguments, session):
        child = subprocess.Popen(["sleep", "1000"])
        return {"pid": os.getpid(), "child": child.pid}

    def exit(self, arguments, session):
        os._exit(arguments["status"])

    def freeze(self, arguments, session):
        os.kill(os.getpid(), signal.SIGSTOP)

        # The signal may stop another thread first, and this one a moment later.
        time.sleep(60)
        return {}

    def print(self, arguments, session):
        print(arguments["text"] * arguments.get("times", 1), flush=True)
        return {}


class Worker(rpc.BridgeServiceServicer):
    def __init__(self, server):
        self._server = server
        self._tools = Tools(server)
        self._sessions = set()
        self._lock = threading.Lock()

    def Ping(self, request, context):
        return pb2.PingResponse(message=f"Pong from Python: {request.message}")

    def ExecuteTool(self, request, context):
        try:
            result = getattr(self._tools, request.tool_name)(self._begin(request), request.session_id)
            return pb2.ExecuteToolResponse(success=True, result=any_of(result))
        except Exception as failure:
            return pb2.ExecuteToolResponse(success=False, error_message=json.dumps({"message": str(failure)}))

    def ExecuteStreamingTool(self, request, context):
        arguments = self._begin(request)
        for number in range(arguments["to"]):
            yield pb2.ToolChunk(chunk_id=f"count-{number}", data=str(number).encode(), is_final=number + 1 == arguments["to"])
            time.sleep(arguments.get("pause", 0))

    def _begin(self, request):
        self._join(request.session_id)
        return {name: json.loads(value.value) for name, value in request.parameters.items()}

    def _join(self, session):
        with self._lock:
            if not session or session in self._sessions:
                return
            self._server.InitializeSession(pb2.InitializeSessionRequest(session_id=session), timeout=10)
            try:
                self._server.RegisterTools(pb2.RegisterToolsRequest(
                    session_id=session,
                    worker_id=f"python-{id(self)}",
                    tools=[pb2.ToolRegistration(name=name, supports_streaming=name == "count") for name in TOOLS]), timeout=10)
            except grpc.RpcError as refused:
                print(f"tools not registered: {refused.code().name}", file=sys.stderr)
            self._sessions.add(session)
            threading.Thread(target=self._keep_alive, args=(session,), daemon=True).start()

    def _keep_alive(self, session):
        missed = 0
        while missed < 3:
            time.sleep(HEARTBEAT_SECONDS)
            try:
                self._server.Heartbeat(pb2.HeartbeatRequest(session_id=session), timeout=HEARTBEAT_SECONDS)
                missed = 0
            except grpc.RpcError:
                missed += 1
        print("three heartbeats failed", file=sys.stderr)
        os._exit(1)


def await_server(server):
    while True:
        try:
            return server.Ping(pb2.PingRequest(message="connection_test"), timeout=1)
        except grpc.RpcError:
            time.sleep(0.05)


def say_ready(port):
    if os.environ.get("WORKER_SAYS") == "stdout":
        print(f"GRPC_READY:{port}", flush=True)
        return
    file = pathlib.Path(os.environ["SNAKEPIT_READY_FILE"])
    pathlib.Path(f"{file}.tmp").write_text(str(port))
    os.replace(f"{file}.tmp", file)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--elixir-address", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--snakepit-run-id", required=True)
    parser.add_argument("--adapter")
    options = parser.parse_args()
    bridge = rpc.BridgeServiceStub(grpc.insecure_channel(options.elixir_address))
    await_server(bridge)
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(max_workers=16))
    rpc.add_BridgeServiceServicer_to_server(Worker(bridge), server)
    port = server.add_insecure_port(f"127.0.0.1:{options.port}")
    server.start()
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    say_ready(port)
    print("serves tools", file=sys.stderr, flush=True)
    ended.wait()
    server.stop(2).wait()


if __name__ == "__main__":
    main()
