"""Tools that Elixir, or any other client, calls: served by this process over a stream that it opens itself.

    PYTHONPATH=../../clients/python python3 tool_host.py [HOST:PORT]

Without an address it starts a sidecar of its own. The calls at the end are made from a second connection, as an Elixir
node would make them.
"""

import contextlib
import sys
import uuid
from typing import Iterator, List, Literal

from snakepit_bridge import SessionContext, ToolContext, ToolFailed, ToolHost, launch, tool


@tool
def mean(values: List[float], kind: Literal["arithmetic", "geometric"] = "arithmetic") -> float:
    """The mean of numbers.

    Args:
        values: the numbers, at least one
        kind: which mean
    """
    if kind == "arithmetic":
        return sum(values) / len(values)
    product = 1.0
    for value in values:
        product *= value
    return product ** (1 / len(values))


@tool(required_variables=["temperature"])
def generate(prompt: str, session: SessionContext) -> str:
    """Answers as the session's variables say."""
    return f"{prompt}? At {session['temperature']} degrees: 42."


@tool
def words(text: str, context: ToolContext) -> Iterator[str]:
    """A text, word by word, for as long as somebody listens."""
    for word in text.split():
        context.raise_if_cancelled()
        yield word


def main(address):
    name = f"tools-{uuid.uuid4()}"
    tools = [mean, generate, words]
    with SessionContext.connect(address, name, end_on_exit=True) as session:
        session["temperature"] = 0.7
        with ToolHost.attach(address, tools, sessions=[name]) as host:
            print(f"attached as {host.host_id.partition('-')[0]}-…")
            for listed in session.list_tools():
                print(f"  {listed['name']}({', '.join(parameter['name'] for parameter in listed['parameters'])}): {listed['description']}")

            print(session.call_tool("mean", values=[1, 2, 6]))
            print(session.call_tool("mean", values=[2, 8], kind="geometric"))
            print(session.call_tool("generate", prompt="why"))
            print(list(session.stream_tool("words", text="one after another")))
            try:
                session.call_tool("mean", values=[])
            except ToolFailed as failure:
                print(f"failed: {failure}")


if __name__ == "__main__":
    with contextlib.ExitStack() as stack:
        main(sys.argv[1] if len(sys.argv) > 1 else stack.enter_context(launch()).address)
