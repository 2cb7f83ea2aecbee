"""Variables as attributes and as objects, and batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Union

from .errors import VariableNotFoundError

if TYPE_CHECKING:
    from .session_context import SessionContext


class MissingAttribute(VariableNotFoundError, AttributeError):
    """There is no such variable, and so no such attribute: hasattr and getattr work."""


class VariableProxy:
    """One variable of a session. Each access to its value is a read or a write."""

    def __init__(self, context: SessionContext, name: str) -> None:
        self._context = context
        self.name = name

    @property
    def value(self) -> Any:
        """The present value."""
        return self._context.get_variable(self.name)

    @value.setter
    def value(self, new_value: Any) -> None:
        self._context.update_variable(self.name, new_value)

    def __repr__(self) -> str:
        return f"<variable {self.name} of {self._context.session_id}>"


class VariableNamespace:
    """A session's variables as attributes."""

    _context: SessionContext

    def __init__(self, context: SessionContext) -> None:
        object.__setattr__(self, "_context", context)

    def __getattr__(self, name: str) -> Any:
        # What asks for these, as copy and pickle do, asks for a method of the object and not for a variable.
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return self._context.get_variable(name)
        except VariableNotFoundError as missing:
            raise MissingAttribute(missing.details, missing.code) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self._context[name] = value

    def __delattr__(self, name: str) -> None:
        self._context.delete_variable(name)


class BatchUpdater:
    """Values to be set together."""

    def __init__(self, context: SessionContext) -> None:
        self.context = context
        self.updates: Dict[str, Any] = {}

    def __setitem__(self, name: str, value: Any) -> None:
        self.updates[name] = value

    def commit(self, atomic: bool = False) -> Dict[str, Union[bool, str]]:
        """Sets what was collected, as update_variables does, and begins anew."""
        updates, self.updates = self.updates, {}
        return self.context.update_variables(updates, atomic=atomic) if updates else {}
