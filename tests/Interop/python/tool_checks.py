"""Tools: each RPC answers a client of Python's."""

from grpc import StatusCode

from bridge import Session
from checks import check, equal, refused


@check
def get_exposed_elixir_tools_is_an_empty_list(bridge):
    equal(list(Session(bridge).call("GetExposedElixirTools").tools), [])


@check
def an_unknown_tool_is_told_in_the_body(bridge):
    session = Session(bridge)
    for method in ("ExecuteTool", "ExecuteElixirTool"):
        reply = session.call(method, tool_name="add")
        equal((reply.success, reply.error_message), (False, "Tool not found: add"))


@check
def an_unknown_tool_is_a_streams_status(bridge):
    session = Session(bridge)
    refused(StatusCode.NOT_FOUND, "Tool not found: add", lambda: list(session.call("ExecuteStreamingTool", tool_name="add")))


@check
def a_registration_is_answered_with_ids(bridge):
    session = Session(bridge)
    reply = session.call("RegisterTools", worker_id="python-1", tools=[{"name": "add"}])
    equal((reply.success, dict(reply.tool_ids)), (True, {"add": f"{session.id}:add"}))
