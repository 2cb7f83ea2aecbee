"""DSPy's modules with attributes that follow a session's variables. Needs dspy; importing this module does not.

    predict = VariableAwarePredict("question -> answer", session_context=session)
    predict.bind_variable("temperature", "answer_temperature")
"""

from __future__ import annotations

import importlib
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple

from .session_context import SessionContext
from .variable_aware_mixin import VariableAwareMixin, VariableBindingMixin, auto_sync_decorator

__all__ = [
    "ModuleVariableResolver", "VariableAwareChainOfThought", "VariableAwarePredict", "VariableAwareProgramOfThought",
    "VariableAwareReAct", "VariableBindingMixin", "auto_sync_decorator", "create_variable_aware_program",
    "variable_aware",
]

# Attributes, and the variables they follow where the session has them when the module is made.
_MODEL = ("temperature", "max_tokens")
_COMMON: Dict[str, Tuple[Tuple[str, str], ...]] = {
    "Predict": tuple((name, name) for name in (*_MODEL, "top_p", "frequency_penalty", "presence_penalty")),
    "ChainOfThought": (
        *((name, f"reasoning_{name}") for name in _MODEL), ("reasoning_steps", "max_reasoning_steps")),
    "ReAct": (*((name, f"react_{name}") for name in _MODEL), ("max_iters", "max_react_iterations")),
    "ProgramOfThought": (*((name, f"pot_{name}") for name in _MODEL), ("max_iters", "max_pot_iterations")),
}
_PLAIN = ("Predict", "ChainOfThought", "ReAct", "ProgramOfThought", "Retrieve")


def variable_aware(base: type, common: Tuple[Tuple[str, str], ...] = ()) -> type:
    """The class with the mixin before it, whose forward reads the bound variables first.

    common: attributes and variables that are bound when the module is made, as far as the session has them.
    """

    class VariableAware(VariableAwareMixin, base):  # type: ignore[misc]
        def __init__(
            self, signature: Any, *args: Any, session_context: Optional[SessionContext] = None, auto_sync: bool = True,
            auto_bind_common: bool = True, **kwargs: Any
        ) -> None:
            super().__init__(signature, *args, session_context=session_context, auto_sync=auto_sync, **kwargs)
            if auto_bind_common and session_context is not None:
                for attribute, variable in common:
                    if variable in session_context:
                        self.bind_variable(attribute, variable)

        @auto_sync_decorator
        def forward(self, *args: Any, **kwargs: Any) -> Any:
            return super().forward(*args, **kwargs)

        async def aforward(self, *args: Any, **kwargs: Any) -> Any:
            if self._auto_sync:
                await self.sync_variables()
            return await super().aforward(*args, **kwargs)

        async def forward_async(self, *args: Any, **kwargs: Any) -> Any:
            """Reads the bound variables without blocking, then calls forward, which DSPy has synchronous."""
            await self.sync_variables()
            return super().forward(*args, **kwargs)

    name = f"VariableAware{base.__name__}"
    VariableAware.__name__ = VariableAware.__qualname__ = name
    VariableAware.__doc__ = f"dspy.{base.__name__} with attributes that follow variables: see VariableAwareMixin."
    return VariableAware


_made: Dict[str, type] = {}


def __getattr__(name: str) -> type:
    """Makes the variable-aware classes when they are first asked for: that is when dspy is needed."""
    plain = name[len("VariableAware"):] if name.startswith("VariableAware") else ""
    if plain not in _COMMON:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    if name not in _made:
        _made[name] = variable_aware(_dspy(plain), _COMMON[plain])
        _made[name].__module__ = __name__
    return _made[name]


def __dir__() -> List[str]:
    return sorted({*globals(), *__all__})


class ModuleVariableResolver:
    """Classes of modules by the name that a variable of type module holds."""

    MODULE_REGISTRY: Dict[str, Callable[..., Any]] = {}

    @classmethod
    def resolve(cls, module_name: str) -> Callable[..., Any]:
        """The class of that name, of those registered and DSPy's own, plain or VariableAware. ValueError if there is none."""
        if module_name in cls.MODULE_REGISTRY:
            return cls.MODULE_REGISTRY[module_name]
        if module_name in _PLAIN:
            return _dspy(module_name)
        if module_name.replace("VariableAware", "", 1) in _COMMON:
            return __getattr__(module_name)
        known = [*_PLAIN, *(f"VariableAware{name}" for name in _COMMON), *cls.MODULE_REGISTRY]
        raise ValueError(f"there is no module {module_name!r}; those known are {', '.join(known)}")

    @classmethod
    def create_module(
        cls, module_name: str, signature: Any, session_context: Optional[SessionContext] = None, **kwargs: Any
    ) -> Any:
        """A module of that class. A session is given to those that are variable-aware."""
        kind = cls.resolve(module_name)
        is_aware = isinstance(kind, type) and issubclass(kind, VariableAwareMixin)
        if is_aware:
            kwargs["session_context"] = session_context
        return kind(signature, **kwargs)

    @classmethod
    def register_module(cls, name: str, module_class: Callable[..., Any]) -> None:
        """Adds a class, or puts it in another's place."""
        cls.MODULE_REGISTRY[name] = module_class


def create_variable_aware_program(
    module_type: str,
    signature: Any,
    session_context: SessionContext,
    variable_bindings: Optional[Mapping[str, str]] = None,
    **kwargs: Any,
) -> Any:
    """A variable-aware module of the type (`Predict`, `ChainOfThought`, …), with variables bound by attribute."""
    name = module_type if module_type.startswith("VariableAware") else f"VariableAware{module_type}"
    module = ModuleVariableResolver.create_module(name, signature, session_context, **kwargs)
    for attribute, variable in (variable_bindings or {}).items():
        module.bind_variable(attribute, variable)
    return module


def _dspy(name: str) -> type:
    try:
        kind: type = getattr(importlib.import_module("dspy"), name)
    except ModuleNotFoundError as error:
        if error.name != "dspy":
            raise
        raise ImportError(f"{name} needs DSPy: pip install dspy") from None
    return kind
