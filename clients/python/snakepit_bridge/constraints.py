"""Constraints judged on this side, for programs that want to know before they ask the server.

The server's judgement is the one that counts: it has patterns of its own (a linear-time engine, unanchored), and the
variable's present constraints. The words are the protocol's.
"""

from __future__ import annotations

import re
from typing import Any, Iterable, List, Mapping, Optional

from . import _arrays
from .errors import ConstraintViolation
from .types import VariableType


def check(value: Any, var_type: VariableType, constraints: Mapping[str, Any]) -> None:
    """Raises ConstraintViolation, with the protocol's words, if the value breaks one of the constraints."""
    for words in _broken(value, var_type, constraints):
        raise ConstraintViolation(words)


def _broken(value: Any, var_type: VariableType, rules: Mapping[str, Any]) -> Iterable[str]:
    if var_type in (VariableType.FLOAT, VariableType.INTEGER):
        # Written so that NaN satisfies neither.
        if rules.get("min") is not None and not value >= rules["min"]:
            yield f"value {value} is below minimum {rules['min']}"
        if rules.get("max") is not None and not value <= rules["max"]:
            yield f"value {value} is above maximum {rules['max']}"
    elif var_type in (VariableType.STRING, VariableType.CHOICE, VariableType.MODULE):
        yield from _broken_of_text(value, rules)
    elif var_type is VariableType.EMBEDDING:
        if rules.get("dimensions") is not None and len(value) != rules["dimensions"]:
            yield f"must have exactly {rules['dimensions']} dimensions"
    elif var_type is VariableType.TENSOR:
        if rules.get("shape") is not None and _shape(value) != list(rules["shape"]):
            yield f"shape must be {list(rules['shape'])}"
    elif rules.get("max_size") is not None and len(value) > rules["max_size"]:
        yield f"must have at most {rules['max_size']} items, got {len(value)}"


def _broken_of_text(value: str, rules: Mapping[str, Any]) -> Iterable[str]:
    if rules.get("min_length") is not None and len(value) < rules["min_length"]:
        yield f"must be at least {rules['min_length']} characters, got {len(value)}"
    if rules.get("max_length") is not None and len(value) > rules["max_length"]:
        yield f"must be at most {rules['max_length']} characters, got {len(value)}"
    if rules.get("pattern") is not None and re.search(rules["pattern"], value) is None:
        yield f"must match pattern: {rules['pattern']}"
    for key, words in (
        ("enum", "must be one of"), ("choices", "must be one of"), ("allowed_modules", "must be one of the allowed modules"),
    ):
        if rules.get(key) and value not in rules[key]:
            yield f"{words}: {', '.join(rules[key])}"


def _shape(value: Any) -> Optional[List[int]]:
    if _arrays.is_array(value):
        return list(value.shape)
    return list(value["shape"]) if isinstance(value, Mapping) and "shape" in value else None
