"""The asyncio twin."""

import asyncio
import inspect
import uuid

import pytest

from snakepit_bridge import (
    AsyncSessionContext, BatchFailed, ConstraintViolation, SessionContext, SessionEnded, Unavailable, VariableNotFoundError,
    VersionConflict,
)
from test_watch import Killed

DEADLINE = 30


def run(test, sidecar):
    async def in_session():
        async with await AsyncSessionContext.connect(sidecar.address, f"python-{uuid.uuid4()}", end_on_exit=True) as session:
            await test(session)

    asyncio.run(asyncio.wait_for(in_session(), DEADLINE * 2))


async def take(watch, count):
    return [await asyncio.wait_for(watch.__anext__(), DEADLINE) for _ in range(count)]


def test_it_has_the_methods_of_its_twin():
    own = {name for name in dir(SessionContext) if not name.startswith("_")}
    twin = {name for name in dir(AsyncSessionContext) if not name.startswith("_")}
    assert own - twin == {"v", "start_heartbeats", "stop_heartbeats"} and twin - own == {"assign", "contains"}
    for name in own & twin:
        if name not in ("stream_tool", "elixir_tools", "variable", "watch", "watch_variable", "connect"):
            mine, theirs = (inspect.signature(getattr(kind, name)) for kind in (SessionContext, AsyncSessionContext))
            assert list(mine.parameters) == list(theirs.parameters), name


def test_variables_are_registered_read_set_and_deleted(sidecar):
    async def test(session):
        await session.register_variable("x", "float", 0.5, {"max": 2})
        assert await session["x"] == 0.5 and await session.update_variable("x", 1) == 1 and await session.variable("x").get() == 1.0
        with pytest.raises(ConstraintViolation):
            await session.assign("x", 3)
        with pytest.raises(VersionConflict):
            await session.update_variable("x", 1, expected_version=9)
        await session.assign("new", [1, 2])
        assert await session.get_variables(["x", "new"]) == {"x": 1.0, "new": [1, 2]}
        async with session.batch_updates() as batch:
            batch["x"], batch["new"] = 2, [3]
        with pytest.raises(BatchFailed):
            async with session.batch_updates(atomic=True) as batch:
                batch["x"], batch["new"] = 3, [4]
        assert await session["new"] == [3] and await session.rollback_variable("x", 0) == 3
        assert [entry.value for entry in await session.get_history("x", 2)] == [0.5, 2.0]
        await session.add_dependency("new", "x")
        await session.start_optimization("x", "me")
        assert await session.stop_optimization("x", "me") == 0.5
        await session.update_variable_constraints("x", {})
        assert (await session.get_session()).variable_count == 2 and await session.heartbeat()
        await session.delete_variable("new")
        assert not await session.contains("new") and [entry["name"] for entry in await session.list_variables()] == ["x"]

    run(test, sidecar)


def test_many_tasks_share_a_context(sidecar):
    async def test(session):
        await session.assign("sum", 0)

        async def add():
            while True:
                info = await session.describe_variable("sum")
                try:
                    return await session.update_variable("sum", info.value + 1, expected_version=info.version)
                except VersionConflict:
                    continue

        await asyncio.gather(*(add() for _ in range(30)))
        assert await session["sum"] == 30

    run(test, sidecar)


def test_a_watch_tells_every_change_also_after_a_wait_that_was_given_up(sidecar):
    async def test(session):
        await session.assign("x", 0)
        watch = await session.watch("x")
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(watch.__anext__(), 0.05)
        for value in range(1, 4):
            await session.update_variable("x", value)
        assert [update.value for update in await take(watch, 3)] == [1, 2, 3]
        assert await session["x"] == 3
        await watch.close()
        assert [update async for update in watch] == []
        with pytest.raises(VariableNotFoundError):
            await session.watch("nowhere")

    run(test, sidecar)


def test_callbacks_may_be_coroutines(sidecar):
    async def test(session):
        told = asyncio.Queue()

        async def callback(name, old, new, metadata):
            await told.put((name, old, new, metadata["update_type"]))
            if new == 1:
                raise RuntimeError("mine")

        await session.assign("x", 0)
        watch = await session.watch_variable("x", callback)
        await session.update_variable("x", 1)
        await session.update_variable("x", 2)
        assert await asyncio.wait_for(told.get(), DEADLINE) == ("x", 0, 1, "value_change")
        assert await asyncio.wait_for(told.get(), DEADLINE) == ("x", 1, 2, "value_change")
        await watch.close()

    run(test, sidecar)


def test_a_watch_ends_with_its_session(sidecar):
    async def test(session):
        await session.assign("x", 0)
        watch = await session.watch()
        reading = asyncio.ensure_future(take(watch, 1))
        await asyncio.sleep(0)
        await session.cleanup()
        with pytest.raises(StopAsyncIteration):
            try:
                await reading
            except RuntimeError as error:
                raise error.__cause__
        assert isinstance(watch.ended, SessionEnded)

    run(test, sidecar)


def test_a_watch_goes_on_after_kill_9_without_gap_or_repeat(tmp_path):
    async def test(server):
        writer = await AsyncSessionContext.connect(server.address, "s", timeout=60)
        reader = await AsyncSessionContext.connect(server.address, "s")
        await writer.assign("x", 0)
        watch = await reader.watch("x", include_initial_values=True)
        reading = asyncio.ensure_future(take(watch, 101))
        for value in range(1, 101):
            if value == 50:
                server.kill()
                restart = asyncio.get_running_loop().run_in_executor(None, server.start)
            assert await writer.update_variable("x", value) == value
        await restart
        assert [update.value for update in await reading] == list(range(101))
        await watch.close()
        await reader.close()
        await writer.close()

    with Killed(tmp_path) as server:
        asyncio.run(asyncio.wait_for(test(server), 120))


def test_a_server_that_is_not_there_is_unavailable():
    with pytest.raises(Unavailable):
        asyncio.run(AsyncSessionContext.connect("localhost:1", "nowhere", timeout=0.5))
