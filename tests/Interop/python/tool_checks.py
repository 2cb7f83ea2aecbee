"""Tools, which this server does not run: a clear answer for each of their RPCs."""

from grpc import StatusCode

from bridge import Session
from checks import check, equal, refused


@check
def get_exposed_elixir_tools_is_an_empty_list(bridge):
    equal(list(Session(bridge).call("GetExposedElixirTools").tools), [])


@check
def execute_tool_is_unimplemented(bridge):
    refused(StatusCode.UNIMPLEMENTED, "", Session(bridge).call, "ExecuteTool", tool_name="add")


@check
def execute_streaming_tool_is_unimplemented(bridge):
    refused(StatusCode.UNIMPLEMENTED, "", Session(bridge).call, "ExecuteStreamingTool", tool_name="add")


@check
def register_tools_is_unimplemented(bridge):
    refused(StatusCode.UNIMPLEMENTED, "", Session(bridge).call, "RegisterTools", worker_id="python-1")


@check
def execute_elixir_tool_is_unimplemented(bridge):
    refused(StatusCode.UNIMPLEMENTED, "", Session(bridge).call, "ExecuteElixirTool", tool_name="add")


@check
def stream_telemetry_is_unimplemented(bridge):
    refused(StatusCode.UNIMPLEMENTED, "", bridge.converse, "StreamTelemetry", [])
