"""Calls the tools of a server's own workers: worker_client.py HOST:PORT. Prints a line for each."""

import concurrent.futures
import json
import sys

from google.protobuf.any_pb2 import Any

from bridge import Bridge, value_of


def any_of(value):
    return Any(type_url="type.googleapis.com/google.protobuf.StringValue", value=json.dumps(value).encode())


def call(bridge, tool, session="tour", **arguments):
    parameters = {name: any_of(value) for name, value in arguments.items()}
    return bridge.call("ExecuteTool", session_id=session, tool_name=tool, parameters=parameters, timeout=60)


def result(answer):
    if not answer.success:
        raise SystemExit(f"the tool failed: {answer.error_message}")
    return json.loads(answer.result.value)


def main(target):
    with Bridge(target) as bridge:
        for session in ("tour", *(f"s{number}" for number in range(10))):
            bridge.call("InitializeSession", session_id=session)

        who = result(call(bridge, "whoami", x=1))
        print(f"whoami: session {who['session']}, arguments {who['arguments']}")

        remembered = result(call(bridge, "remember", name="answer", value=42))
        variable = bridge.call("GetVariable", session_id="tour", variable_identifier="answer").variable
        print(f"remember: {remembered['value']}, and the variable is {value_of(variable)}")

        request = bridge.request("ExecuteStreamingTool", session_id="tour", tool_name="count", parameters={"to": any_of(3)})
        chunks = list(bridge.method("ExecuteStreamingTool")(request, timeout=60))
        final = [chunk.data.decode() for chunk in chunks if chunk.is_final]
        print(f"count: {' '.join(chunk.data.decode() for chunk in chunks)}, final {' '.join(final)}")

        print(f"a failing tool: success {call(bridge, 'sleep').success}")

        with concurrent.futures.ThreadPoolExecutor(40) as threads:
            answers = list(threads.map(lambda n: result(call(bridge, "sleep", f"s{n % 10}", seconds=0.02)), range(40)))
        print(f"concurrent calls: {len(answers)} of 40, {len({answer['pid'] for answer in answers})} processes")

        lost = call(bridge, "exit", status=3)
        named = "pool-" if "pool-" in lost.error_message else lost.error_message
        print(f"a worker that exits: success {lost.success}, {named}")
        print(f"after it: success {call(bridge, 'whoami').success}")

        session = bridge.call("InitializeSession", session_id="tour")
        print(f"tools known: {', '.join(sorted(session.available_tools))}")


if __name__ == "__main__":
    main(sys.argv[1])
