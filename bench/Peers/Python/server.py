"""A session and variable server on grpcio: ten threads, one lock a session, dicts. Its state dies with it."""

import threading
import time
import uuid
from concurrent import futures

import grpc
import snakepit_bridge_pb2 as pb
import snakepit_bridge_pb2_grpc as rpc


class SessionContext:
    def __init__(self, session_id):
        self.session_id = session_id
        self._lock = threading.RLock()
        self._variables = {}
        self._ids = {}

    def register(self, request):
        with self._lock:
            variable = pb.Variable(
                id=f"var_{request.name}_{uuid.uuid4().hex[:8]}",
                name=request.name,
                type=request.type,
                constraints_json=request.constraints_json,
                source=pb.Variable.PYTHON,
            )
            variable.value.CopyFrom(request.initial_value)
            variable.last_updated_at.FromNanoseconds(time.time_ns())
            self._variables[variable.id] = variable
            self._ids[request.name] = variable.id
            return variable

    def find(self, identifier):
        with self._lock:
            return self._variables.get(self._ids.get(identifier, identifier))

    def set(self, identifier, value, metadata):
        with self._lock:
            variable = self.find(identifier)
            if variable is None:
                return None
            variable.value.CopyFrom(value)
            variable.version += 1
            variable.metadata.update(metadata)
            variable.last_updated_at.FromNanoseconds(time.time_ns())
            return variable.version


class BridgeServicer(rpc.BridgeServiceServicer):
    def __init__(self):
        self._lock = threading.RLock()
        self._sessions = {}

    def _session(self, session_id):
        with self._lock:
            session = self._sessions.get(session_id)
            if session is None:
                session = self._sessions[session_id] = SessionContext(session_id)
            return session

    def Ping(self, request, context):
        response = pb.PingResponse(message=f"pong: {request.message}")
        response.server_time.FromNanoseconds(time.time_ns())
        return response

    def RegisterVariable(self, request, context):
        variable = self._session(request.session_id).register(request)
        return pb.RegisterVariableResponse(success=True, variable_id=variable.id)

    def GetVariable(self, request, context):
        variable = self._session(request.session_id).find(request.variable_identifier)
        if variable is None:
            context.abort(grpc.StatusCode.NOT_FOUND, f"Variable not found: {request.variable_identifier}")
        return pb.GetVariableResponse(variable=variable)

    def SetVariable(self, request, context):
        version = self._session(request.session_id).set(request.variable_identifier, request.value, request.metadata)
        if version is None:
            context.abort(grpc.StatusCode.NOT_FOUND, f"Variable not found: {request.variable_identifier}")
        return pb.SetVariableResponse(success=True, new_version=version)


def main():
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=10))
    rpc.add_BridgeServiceServicer_to_server(BridgeServicer(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(f"GRPC_READY:{port}", flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
