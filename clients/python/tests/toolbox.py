"""Tools that the tests serve, by every way there is."""

import threading
import time
from typing import Iterator, List, Literal, Optional

from snakepit_bridge import SessionContext, ToolContext, tool

# What a tool that was cancelled has noticed.
noticed = threading.Event()
closed = threading.Event()
began = threading.Event()


@tool
def add(a: float, b: float = 2) -> float:
    """Adds two numbers.

    Args:
        a: the first
        b (float): the second,
            two by default
    """
    return a + b


@tool(name="shout", metadata={"kind": "text"}, constraints={"times": {"min": 1, "max": 3}})
def shout_loudly(text: str, times: int = 1, mood: Literal["glad", "angry"] = "glad", extra: Optional[int] = None) -> dict:
    """Shouts.

    :param text: what to shout
    """
    return {"text": text.upper() * times, "mood": mood, "extra": extra}


@tool(required_variables=["temperature"])
def warmer(by: float, session: SessionContext) -> float:
    """Raises the temperature."""
    session["temperature"] = session["temperature"] + by
    return session.get_variable("temperature", bypass_cache=True)


@tool
def who(context: ToolContext) -> dict:
    return {"session": context.session_id, "metadata": context.metadata.get("source")}


@tool
def fail(words: str) -> None:
    raise RuntimeError(words)


@tool
async def later(value: int) -> int:
    return value + 1


@tool
def echo(**values) -> dict:
    return values


@tool
def size(data: bytes) -> int:
    return len(data)


@tool
def double(values: List[float]):
    """Doubles a list, an array or bytes."""
    return values * 2 if isinstance(values, (list, bytes)) else values + values


@tool
def count(n: int, fail_at: Optional[int] = None) -> Iterator[int]:
    """Counts."""
    for value in range(n):
        if value == fail_at:
            raise ValueError(f"no {value}")
        yield value


@tool
async def count_later(n: int):
    for value in range(n):
        yield {"value": value}


@tool
def forever(context: ToolContext) -> Iterator[int]:
    """Counts without an end, and notes that it was closed."""
    began.set()
    try:
        value = 0
        while True:
            yield value
            value += 1
    finally:
        closed.set()


@tool
def wait(context: ToolContext, seconds: float = 30) -> str:
    """Waits until nobody waits for it."""
    began.set()
    if context.wait_cancelled(seconds):
        noticed.set()
    return "done"


@tool
def sleep(seconds: float) -> float:
    time.sleep(seconds)
    return seconds
