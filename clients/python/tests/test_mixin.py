"""Objects and DSPy modules that follow variables."""

import asyncio
import copy
import gc
import pathlib
import queue
import sys
import threading
import time

import grpc
import pytest

from snakepit_bridge import SnakepitError, VariableAwareMixin, VariableNotFoundError
from snakepit_bridge import dspy_integration
from snakepit_bridge.variable_aware_mixin import auto_sync_decorator

DEADLINE = 30


@pytest.fixture
def dspy(monkeypatch):
    monkeypatch.syspath_prepend(str(pathlib.Path(__file__).parent / "standin"))
    monkeypatch.setattr(dspy_integration, "_made", {})
    monkeypatch.delitem(sys.modules, "dspy", raising=False)
    yield __import__("dspy")
    sys.modules.pop("dspy", None)


class Base:
    def __init__(self, name="none"):
        self.name = name


class Knob(VariableAwareMixin, Base):
    """An object that notes what its attribute becomes."""

    def __init__(self, *args, **kwargs):
        self.told = queue.Queue()
        super().__init__(*args, **kwargs)

    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)
        if name == "level":
            self.told.put(value)

    @auto_sync_decorator
    def read(self):
        return self.level


def test_a_module_reads_sets_and_watches_variables(session, other):
    knob = Knob(session, "mine")
    assert knob.name == "mine" and knob.get_variable("x") is None and knob.get_variable("x", 7) == 7
    knob.register_variable("x", "integer", 1, {"max": 9})
    told = queue.Queue()
    with knob.watch_variable("x", lambda *arguments: told.put(arguments)):
        knob.set_variable("x", 2, {"round": "3"})
        name, old, new, metadata = told.get(timeout=DEADLINE)
    assert (name, old, new, metadata["source"], metadata["round"]) == ("x", 1, 2, "dspy_module", "3")
    assert other.describe_variable("x").metadata["source"] == "dspy_module" and knob.get_variable("x") == 2
    with pytest.raises(VariableNotFoundError):
        knob.set_variable("nowhere", 1)
    assert asyncio.run(knob.get_variable_async("x")) == 2


def test_the_public_clients_arguments_work_too(sidecar, session):
    session["x"] = 1
    with grpc.insecure_channel(sidecar.address) as channel:
        assert Knob(channel, session.session_id).get_variable("x") == 1


def test_without_a_session_reads_give_the_default_and_writes_say_why():
    knob = Knob(name="alone")
    assert knob.get_variable("x", 3) == 3 and knob.sync_variables_sync() == {}
    knob.bind_variable("level", "x")
    with pytest.raises(SnakepitError, match="Knob has no session"):
        knob.set_variable("x", 1)


def test_a_bound_attribute_follows_its_variable_by_itself(session, other):
    session["level"] = 1
    knob = Knob(session)
    knob.bind_variable("level", "level")
    assert knob.level == 1 and knob.told.get(timeout=DEADLINE) == 1 and knob.get_bindings() == {"level": "level"}
    for value in (2, 3):
        other["level"] = value
        assert knob.told.get(timeout=DEADLINE) == value
    knob.unbind_variable("level")
    other["level"] = 4
    assert knob.level == 3 and knob.told.empty()


def test_an_attribute_may_be_bound_before_its_variable_is_registered(session, other):
    knob = Knob(session)
    knob.bind_variable("level", "later")
    assert not hasattr(knob, "level")
    other["later"] = 5
    assert knob.told.get(timeout=DEADLINE) == 5
    other.delete_variable("later")
    other["later"] = 6
    assert knob.told.get(timeout=DEADLINE) == 6


def test_an_attribute_never_goes_back_however_reads_and_the_watch_meet(session, other):
    session["level"] = 0
    knob = Knob(session)
    knob.bind_variable("level", "level")
    stop = threading.Event()

    def sync():
        while not stop.is_set():
            session.clear_cache()
            knob.sync_variables_sync()

    readers = [threading.Thread(target=sync) for _ in range(3)]
    for reader in readers:
        reader.start()
    for value in range(1, 201):
        other["level"] = value
    values = []
    while not values or values[-1] != 200:
        values.append(knob.told.get(timeout=DEADLINE))
    stop.set()
    for reader in readers:
        reader.join()
    assert values == sorted(set(values))


def test_a_method_under_the_decorator_reads_first_unless_told_not_to(session, other):
    session.set_cache_ttl(0)
    session["level"] = 1
    knob, still = Knob(session), Knob(session, auto_sync=False)
    for one in (knob, still):
        one.bind_variable("level", "level")
        one.stop_following()
    other["level"] = 2
    assert knob.read() == 2 and still.read() == 1
    assert still.sync_variables_sync() == {"level": 2} and still.sync_variables_sync() == {}
    other["level"] = 3
    assert asyncio.run(still.sync_variables()) == {"level": 3} and still.level == 3


def test_a_copy_follows_for_itself_and_one_that_is_gone_no_more(session, other):
    session["level"] = 1
    knob = Knob(session)
    knob.bind_variable("level", "level")
    knob.told = None
    Knob.__setattr__, keep = object.__setattr__, Knob.__setattr__
    try:
        copied = copy.deepcopy(knob)
        assert copied._bindings is not knob._bindings
        copied.sync_variables_sync()
        assert session.get_session().watcher_count == 2
        other["level"] = 2
        deadline = time.monotonic() + DEADLINE
        while (knob.level, copied.level) != (2, 2):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        del copied, knob
        gc.collect()
        while session.get_session().watcher_count:
            assert time.monotonic() < deadline, "the watch of a module that is gone is still open"
            time.sleep(0.01)
    finally:
        Knob.__setattr__ = keep


def test_a_predictor_is_called_with_the_variables_as_they_are(dspy, session, other):
    session.set_cache_ttl(0)
    session["temperature"], session["max_tokens"] = 0.5, 100
    predict = dspy_integration.VariableAwarePredict("question -> answer", session_context=session, stop="END")
    assert isinstance(predict, dspy.Predict) and predict.get_bindings() == {"temperature": "temperature", "max_tokens": "max_tokens"}
    assert predict(question="why?") == {
        "signature": "question -> answer", "stop": "END", "temperature": 0.5, "max_tokens": 100, "question": "why?"}
    other["temperature"] = 0.9
    assert predict(question="why?")["temperature"] == 0.9 and predict.temperature == 0.9
    other["temperature"] = 1.0
    assert asyncio.run(predict.forward_async(question="why?"))["temperature"] == 1.0
    other["temperature"] = 1.1
    assert asyncio.run(predict.aforward(question="why?"))["temperature"] == 1.1
    plain = dspy_integration.VariableAwarePredict("a -> b", session_context=session, auto_bind_common=False)
    assert plain.get_bindings() == {} and "temperature" not in plain(a=1)


def test_modules_that_hold_predictors_hand_parameters_on(dspy, session, other):
    session.set_cache_ttl(0)
    session["reasoning_temperature"], session["max_react_iterations"] = 0.2, 3
    thought = dspy_integration.VariableAwareChainOfThought("question -> answer", session_context=session)
    assert thought(question="why?")["temperature"] == 0.2

    def look_up(name):
        return name

    react = dspy_integration.VariableAwareReAct("question -> answer", tools=[look_up], session_context=session)
    react.bind_variable("temperature", "reasoning_temperature")
    other["max_react_iterations"] = 4
    assert react(question="why?") == {
        "max_iters": 4, "tools": ["look_up"], "signature": "question -> answer", "temperature": 0.2, "question": "why?"}
    assert thought.deepcopy()(question="why?")["temperature"] == 0.2


def test_modules_are_made_by_the_name_a_variable_holds(dspy, session):
    session.register_variable("strategy", "module", "VariableAwareReAct", {"allowed_modules": ["Predict", "VariableAwareReAct"]})
    resolver = dspy_integration.ModuleVariableResolver
    assert isinstance(resolver.create_module(session["strategy"], "a -> b", session), dspy.ReAct)
    assert type(resolver.create_module("Predict", "a -> b", session)) is dspy.Predict
    session["warmth"] = 0.3
    program = dspy_integration.create_variable_aware_program("ChainOfThought", "a -> b", session, {"temperature": "warmth"})
    assert program(a=1)["temperature"] == 0.3
    with pytest.raises(ValueError, match="there is no module 'Nothing'; those known are Predict"):
        resolver.resolve("Nothing")
    resolver.register_module("Mine", dspy.Retrieve)
    assert resolver.create_module("Mine", 5).k == 5
    del resolver.MODULE_REGISTRY["Mine"]


def test_without_dspy_the_classes_say_what_they_need(monkeypatch):
    monkeypatch.setattr(dspy_integration, "_made", {})
    monkeypatch.setitem(sys.modules, "dspy", None)
    with pytest.raises(ImportError, match="VariableAware|Predict needs DSPy: pip install dspy"):
        dspy_integration.VariableAwarePredict
    with pytest.raises(AttributeError):
        dspy_integration.VariableAwareNothing
