"""The bridge service as the checks call it: an RPC's name and its request's fields."""

import json
import uuid

import grpc
from google.protobuf.any_pb2 import Any

import snakepit_bridge_pb2
import snakepit_bridge_pb2_grpc

SERVICE = snakepit_bridge_pb2.DESCRIPTOR.services_by_name["BridgeService"]
DSPEX = "dspex.variables/"
SNAKEPIT = "type.googleapis.com/snakepit."
DEADLINE_SECONDS = 15


def any_of(type_name, value, prefix=DSPEX):
    """A value as clients send it: JSON behind one of the known prefixes."""
    return raw_any(prefix + type_name, json.dumps(value))


def raw_any(type_url, text):
    return Any(type_url=type_url, value=text.encode())


def value_of(variable):
    return json.loads(variable.value.value)


class Bridge:
    """A connection to the server. What is no field of the request is named after its use: `headers`, not metadata."""

    def __init__(self, target, **options):
        self.target = target
        self.channel = grpc.insecure_channel(target, options=[(f"grpc.{name}", value) for name, value in options.items()])
        self._stub = snakepit_bridge_pb2_grpc.BridgeServiceStub(self.channel)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.channel.close()

    def call(self, rpc, timeout=DEADLINE_SECONDS, compression=None, headers=None, **fields):
        return self.method(rpc)(self.request(rpc, **fields), timeout=timeout, compression=compression, metadata=headers)

    def method(self, rpc):
        return getattr(self._stub, rpc)

    @staticmethod
    def request(rpc, **fields):
        return SERVICE.methods_by_name[rpc].input_type._concrete_class(**fields)

    def converse(self, rpc, requests):
        return getattr(self._stub, rpc)(iter(requests), timeout=DEADLINE_SECONDS)


class Session:
    """A new session of its own for one check."""

    def __init__(self, bridge, **fields):
        self._bridge = bridge
        self.id = f"python-{uuid.uuid4()}"
        self.call("InitializeSession", **fields)

    def call(self, rpc, **fields):
        return self._bridge.call(rpc, session_id=self.id, **fields)

    def register(self, name, type_name="integer", value=0, constraints=None, **fields):
        return self.call(
            "RegisterVariable", name=name, type=type_name, initial_value=any_of(type_name, value),
            constraints_json=json.dumps(constraints) if constraints else "", **fields)

    def set(self, name, value, type_name="integer", **fields):
        return self.call("SetVariable", variable_identifier=name, value=any_of(type_name, value), **fields)

    def get(self, name):
        return self.call("GetVariable", variable_identifier=name).variable

    def watch(self, *names, **fields):
        """The stream, once its start point is fixed: what happens from now on is told."""
        stream = self.call("WatchVariables", variable_identifiers=names, **fields)
        stream.initial_metadata()
        return stream
