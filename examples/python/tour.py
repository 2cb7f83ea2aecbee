"""A tour of a session in Python: `python tour.py [HOST:PORT]`.

Needs grpcio and protobuf, and stubs made from the repository's protos folder, here in this folder:

    python -m grpc_tools.protoc -I../../protos --python_out=. --grpc_python_out=. snakepit_bridge.proto
"""

import json
import sys
import threading
import uuid

import grpc
from google.protobuf.any_pb2 import Any

import snakepit_bridge_pb2 as pb
from snakepit_bridge_pb2_grpc import BridgeServiceStub

PREFIX = "type.googleapis.com/snakepit."


def pack(type_name, value):
    return Any(type_url=PREFIX + type_name, value=json.dumps(value).encode())


def unpack(value):
    return json.loads(value.value) if value.value else None


def main(target):
    bridge = BridgeServiceStub(grpc.insecure_channel(target))
    session = f"tour-{uuid.uuid4()}"

    bridge.RegisterVariable(pb.RegisterVariableRequest(
        session_id=session, name="temperature", type="float",
        initial_value=pack("float", 0.7), constraints_json='{"min": 0, "max": 2}'))

    # A watch begins with what is there, then a heartbeat that says so, then every change.
    updates = bridge.WatchVariables(pb.WatchVariablesRequest(session_id=session, include_initial_values=True))
    snapshot_complete = threading.Event()
    seen = []

    def watch():
        for update in updates:
            if update.update_type == "heartbeat":
                snapshot_complete.set()
                continue
            old, new = unpack(update.old_value), unpack(update.variable.value)
            print(f"  watched: revision {update.variable.revision} {update.update_type}: {old} -> {new}")
            seen.append(new)
            if new == 1.5:
                updates.cancel()
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    snapshot_complete.wait(10)

    for value in (0.9, 1.1):
        reply = bridge.SetVariable(pb.SetVariableRequest(
            session_id=session, variable_identifier="temperature", value=pack("float", value),
            metadata={"source": "python"}))
        print(f"set to {value}: version {reply.new_version}")

    for request, what in (
        (dict(value=pack("float", 3)), "a value that breaks a constraint"),
        (dict(value=pack("float", 1), expected_version=1), "a version that has passed"),
    ):
        try:
            bridge.SetVariable(pb.SetVariableRequest(
                session_id=session, variable_identifier="temperature", **request))
        except grpc.RpcError as error:
            print(f"{what}: {error.code().name}: {error.details()}")

    bridge.SetVariable(pb.SetVariableRequest(
        session_id=session, variable_identifier="temperature", value=pack("float", 1.5)))
    watcher.join(10)

    history = bridge.GetVariableHistory(pb.GetVariableHistoryRequest(
        session_id=session, variable_identifier="temperature"))
    print("history:", [(entry.version, unpack(entry.value)) for entry in history.entries])
    bridge.CleanupSession(pb.CleanupSessionRequest(session_id=session))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "localhost:50051")
