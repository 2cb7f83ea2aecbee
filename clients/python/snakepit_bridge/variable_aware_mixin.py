"""Objects that read, set and watch a session's variables, and whose attributes follow them. Made for DSPy's modules."""

from __future__ import annotations

import asyncio
import functools
import inspect
from typing import Any, Callable, Dict, Mapping, Optional, TypeVar, Union

from ._bindings import Bindings
from ._calls import Stubs
from .errors import NotFoundError, SnakepitError
from .session_context import SessionContext
from .types import VariableType
from .watching import Callback, Watch

F = TypeVar("F", bound=Callable[..., Any])

SOURCE = "dspy_module"


class VariableAwareMixin:
    """To be put before the class that it is mixed into: `class Mine(VariableAwareMixin, dspy.Module)`.

    The session is the keyword session_context, or the first argument; or, as the public client has it, a channel and a
    session id as the first two. All other arguments go to the next class.
    """

    def __init__(
        self, *args: Any, session_context: Optional[SessionContext] = None, auto_sync: bool = True, **kwargs: Any
    ) -> None:
        """auto_sync: methods under auto_sync_decorator read the bound variables before they run."""
        if session_context is None and args and isinstance(args[0], SessionContext):
            session_context, args = args[0], args[1:]
        elif session_context is None and len(args) > 1 and hasattr(args[0], "unary_unary") and isinstance(args[1], str):
            session_context = SessionContext(Stubs.over(args[0]).bridge, args[1], channel=args[0])
            args = args[2:]
        super().__init__(*args, **kwargs)
        self._session_context = session_context
        self._auto_sync = auto_sync
        self._bindings = Bindings(session_context, _apply)

    # ---- Variables ----

    def get_variable(self, name: str, default: Any = None) -> Any:
        """The variable's value; the default where there is no such variable, or no session."""
        if self._session_context is None:
            return default
        try:
            return self._session_context.get_variable(name)
        except NotFoundError:
            return default

    async def get_variable_async(self, name: str, default: Any = None) -> Any:
        """As get_variable, without blocking the event loop."""
        return await asyncio.to_thread(self.get_variable, name, default)

    def set_variable(self, name: str, value: Any, metadata: Optional[Mapping[str, str]] = None) -> None:
        """Sets the variable; its metadata tell that a module did. VariableNotFoundError if there is none."""
        self._session().update_variable(name, value, {"source": SOURCE, **(metadata or {})})

    def register_variable(
        self,
        name: str,
        var_type: Union[str, VariableType],
        initial_value: Any,
        constraints: Optional[Mapping[str, Any]] = None,
        metadata: Optional[Mapping[str, str]] = None,
    ) -> str:
        """Registers a variable and returns its id."""
        return self._session().register_variable(
            name, var_type, initial_value, constraints, {"source": SOURCE, **(metadata or {})})

    def watch_variable(self, name: str, callback: Callback) -> Watch:
        """Calls back with (name, old, new, metadata) at each change, until the watch that is returned is closed."""
        return self._session().watch_variable(name, callback)

    # ---- Bindings ----

    def bind_variable(self, attribute: str, variable_name: str) -> None:
        """Has the attribute follow the variable, from its present value on.

        One of a language model's parameters, as temperature, is also set in the `config` of every predictor the module has.
        """
        self._own_bindings().bind(attribute, variable_name)

    def unbind_variable(self, attribute: str) -> None:
        """Leaves the attribute as it is from now on."""
        self._own_bindings().unbind(attribute)

    def get_bindings(self) -> Dict[str, str]:
        """Variable names by attribute."""
        return self._bindings.names()

    def sync_variables_sync(self) -> Dict[str, Any]:
        """Reads the bound variables now; the new values, by attribute, of those that changed."""
        return self._own_bindings().sync()

    async def sync_variables(self) -> Dict[str, Any]:
        """As sync_variables_sync, without blocking the event loop."""
        return await asyncio.to_thread(self.sync_variables_sync)

    def stop_following(self) -> None:
        """Ends the watch behind the bindings. The next binding begins another."""
        self._bindings.stop()

    def _own_bindings(self) -> Bindings:
        # A copy of a module starts with the bindings of the one it was copied from.
        self._bindings = self._bindings.of(self)
        return self._bindings

    def _session(self) -> SessionContext:
        if self._session_context is None:
            raise SnakepitError(f"this {type(self).__name__} has no session: give it a session_context")
        return self._session_context


class VariableBindingMixin(VariableAwareMixin):
    """The name under which the public client has the bindings."""


def auto_sync_decorator(method: F) -> F:
    """Reads the bound variables before the method runs, unless the object was made with auto_sync=False."""
    if inspect.iscoroutinefunction(method):
        @functools.wraps(method)
        async def synced_first(self: Any, *args: Any, **kwargs: Any) -> Any:
            if self._auto_sync:
                await self.sync_variables()
            return await method(self, *args, **kwargs)

        return synced_first  # type: ignore[return-value]

    @functools.wraps(method)
    def synced(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self._auto_sync:
            self.sync_variables_sync()
        return method(self, *args, **kwargs)

    return synced  # type: ignore[return-value]


# What DSPy hands from a predictor's config to the language model.
_MODEL_PARAMETERS = frozenset((
    "temperature", "max_tokens", "top_p", "top_k", "n", "stop", "seed", "frequency_penalty", "presence_penalty"))


def _apply(module: Any, attribute: str, value: Any) -> None:
    setattr(module, attribute, value)
    if attribute in _MODEL_PARAMETERS:
        predictors = module.predictors() if callable(getattr(module, "predictors", None)) else [module]
        for predictor in predictors:
            if isinstance(getattr(predictor, "config", None), dict):
                predictor.config[attribute] = value
