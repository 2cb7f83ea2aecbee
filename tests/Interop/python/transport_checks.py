"""What gRPC itself promises: compression, deadlines, cancellation, large messages, metadata, connections."""

import json
import threading

import grpc
from grpc import StatusCode

from bridge import Bridge, Session, any_of
from checks import check, equal, holds, refused
from relay import Relay

MIB = 1024 * 1024


@check
def gzip_makes_messages_small_both_ways(bridge):
    message = "long " * 50_000
    with Relay(bridge.target) as relay, Bridge(relay.target) as relayed:
        equal(relayed.call("Ping", message=message, compression=grpc.Compression.Gzip).message, "pong: " + message)
        holds(relay.sent < 20_000, f"{relay.sent} bytes were sent")
        holds(relay.received < 20_000, f"{relay.received} bytes were received")


@check
def gzip_of_a_watch(bridge):
    session = Session(bridge)
    text = "long " * 50_000
    with Relay(bridge.target) as relay, Bridge(relay.target) as relayed:
        session.register("x", "string", text)
        stream = relayed.call("WatchVariables", session_id=session.id, include_initial_values=True,
                              compression=grpc.Compression.Gzip)
        equal(json.loads(next(stream).variable.value.value), text)
        holds(relay.received < 20_000, f"{relay.received} bytes were received")
        stream.cancel()


@check
def answers_are_not_compressed_unless_asked_for(bridge):
    equal(bridge.call("Ping", message="plain", compression=grpc.Compression.NoCompression).message, "pong: plain")


@check
def deadline_ends_a_call_whose_request_does_not_come(bridge):
    method = bridge.channel.stream_unary("/snakepit.bridge.BridgeService/Ping")
    never = threading.Event()
    refused(StatusCode.DEADLINE_EXCEEDED, "", method, (b"" for _ in iter(never.wait, True)), timeout=0.3)
    never.set()


@check
def cancelled_call_leaves_the_connection_in_order(bridge):
    # The small call in between sees to it that the large one has begun: some releases of grpcio reset a stream that they have
    # never opened, when its call is cancelled at once, and that is the end of a connection by HTTP/2's own rule.
    with Bridge(bridge.target) as other:
        codes = []
        for _ in range(20):
            call = other.method("Ping").future(other.request("Ping", message="x" * (3 * MIB)), timeout=10)
            equal(other.call("Ping", message="between").message, "pong: between")
            call.cancel()
            codes.append(call.code())
        equal(set(codes) - {StatusCode.OK}, {StatusCode.CANCELLED})
        equal(other.call("Ping", message="after").message, "pong: after")


@check
def large_tensor_travels_whole(bridge):
    with Bridge(bridge.target, max_receive_message_length=64 * MIB) as roomy:
        session = Session(roomy)
        count = 8 * MIB // 8
        tensor = {"shape": [count // 4, 4], "data": [number % 7 + 0.12345 for number in range(count)]}
        value = any_of("tensor", tensor)
        holds(len(value.value) > 8 * MIB, "the tensor is small")
        session.call("RegisterVariable", name="x", type="tensor", initial_value=value)
        equal(json.loads(session.get("x").value.value), tensor)


@check
def large_binary_value_travels_whole_to_a_watcher_too(bridge):
    with Bridge(bridge.target, max_receive_message_length=64 * MIB) as roomy:
        session = Session(roomy)
        content = bytes(range(256)) * (8 * MIB // 256)
        descriptor = {"shape": [2 * MIB], "dtype": "float32", "binary_format": "numpy", "type": "tensor"}
        stream = session.watch()
        session.call("RegisterVariable", name="x", type="tensor", initial_value=any_of("tensor.binary", descriptor),
                     initial_binary_value=content)
        told = next(one for one in stream if one.update_type != "heartbeat")
        equal((told.variable.binary_value == content, session.get("x").binary_value == content), (True, True))
        stream.cancel()


@check
def large_answer_beyond_the_clients_limit_fails_that_call_only(bridge):
    session = Session(bridge)
    session.register("x", "string", "")
    session.set("x", "v" * (5 * MIB), "string")
    refused(StatusCode.RESOURCE_EXHAUSTED, "", session.get, "x")
    equal(session.call("GetSession").variable_count, 1)


@check
def request_beyond_the_servers_limit_is_refused_and_names_it(bridge):
    with Bridge(bridge.target, max_send_message_length=-1) as roomy:
        refused(StatusCode.RESOURCE_EXHAUSTED, str(64 * MIB), roomy.call, "Ping", message="x" * (64 * MIB + 1), timeout=60)
        equal(roomy.call("Ping", message="after").message, "pong: after")


@check
def metadata_of_any_kind_does_no_harm(bridge):
    headers = [("x-correlation-id", "a-1"), ("x-twice", "1"), ("x-twice", "2"), ("x-bytes-bin", b"\x00\xff\x80"),
               ("authorization", "Bearer none")]
    equal(bridge.call("Ping", message="with", headers=headers).message, "pong: with")


@check
def metadata_come_with_an_answer_that_has_no_message(bridge):
    session = Session(bridge)
    error = refused(StatusCode.NOT_FOUND, "", session.get, "x")
    equal(dict(error.trailing_metadata()).get("content-type", "application/grpc"), "application/grpc")
    equal(session.call("GetSession").variable_count, 0)


@check
def idle_connection_stays_open(bridge):
    with Bridge(bridge.target) as other:
        lost = threading.Event()
        seen_ready = threading.Event()

        def notice(state):
            if state is grpc.ChannelConnectivity.READY:
                seen_ready.set()
            elif seen_ready.is_set():
                lost.set()

        other.call("Ping", message="first")
        other.channel.subscribe(notice)
        holds(seen_ready.wait(10), "never connected")
        # Only time can tell: the server looks after its connections once a second.
        holds(not lost.wait(2.5), "the server closed a connection that was idle for less than 2.5 s")
        other.channel.unsubscribe(notice)


@check
def hundred_calls_at_once_on_one_connection_are_all_answered(bridge):
    ping = bridge.method("Ping")
    calls = [ping.future(bridge.request("Ping", message=str(number)), timeout=10) for number in range(100)]
    equal([call.result().message for call in calls], [f"pong: {number}" for number in range(100)])
