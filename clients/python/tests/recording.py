"""A server between the tests' clients and the sidecar, which notes what headers their calls have."""

from concurrent import futures
from functools import partial

import grpc

NAMES = ("traceparent", "tracestate", "x-snakepit-correlation-id")
PASSED_ON = (*NAMES, "authorization")

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE_ID}-00f067aa0ba902b7-01"
STATE = "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7"


def headers_of(number):
    """Of the call of that number, so that no two are alike."""
    return {
        "traceparent": f"00-{TRACE_ID}-{number + 1:016x}-01", "tracestate": f"call={number}",
        "x-snakepit-correlation-id": f"correlation {number}"}


class Recorder(grpc.GenericRpcHandler):
    """Sends every call on. `calls` has (method, headers, first request) of each, in the order in which they came."""

    def __init__(self, address):
        self.calls = []
        self._watches = []
        self._channel = grpc.insecure_channel(address)
        self._server = grpc.server(futures.ThreadPoolExecutor(64), handlers=[self])
        self.address = f"localhost:{self._server.add_insecure_port('localhost:0')}"

    def __enter__(self):
        self._server.start()
        return self

    def __exit__(self, *_):
        self._server.stop(0)
        self._channel.close()

    def headers(self, method, about=b""):
        """The headers of the calls of a method whose request has these bytes."""
        return [headers for name, headers, request in self.calls if name == method and about in request]

    def cut(self):
        """Ends all watches as a server does that goes down."""
        for watch in self._watches:
            watch.cancel()

    def service(self, details):
        return grpc.stream_stream_rpc_method_handler(partial(self._send_on, details.method))

    def _send_on(self, method, requests, context):
        name, given = method.rpartition("/")[2], context.invocation_metadata()
        first = next(requests)
        self.calls.append((name, {key: value for key, value in given if key in NAMES}, first))

        def all_of_them():
            yield first
            yield from requests

        left = context.time_remaining()
        call = self._channel.stream_stream(method)(
            all_of_them(), timeout=left if left < 1e6 else None, metadata=[pair for pair in given if pair.key in PASSED_ON])
        context.add_callback(call.cancel)
        if name == "WatchVariables":
            self._watches.append(call)
        try:
            context.send_initial_metadata([pair for pair in call.initial_metadata() if pair.key.startswith("snakepit-")])
            yield from call
        except grpc.RpcError as failure:
            cut = failure.code() is grpc.StatusCode.CANCELLED and context.is_active()
            context.abort(grpc.StatusCode.UNAVAILABLE if cut else failure.code(), failure.details())
