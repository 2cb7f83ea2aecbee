"""Embeddings and tensors as raw bytes: little-endian elements in row-major order, described by dtype and shape.

Works with numpy, and without it for what the standard library can unpack. Nothing is ever pickled or unpickled.
"""

from __future__ import annotations

import importlib
import math
import struct
from typing import Any, Dict, List, Optional, Sequence, Tuple


def _import_numpy() -> Any:
    try:
        return importlib.import_module("numpy")
    except ImportError:
        return None


# None where it is not installed.
np = _import_numpy()

RAW = "raw"

# dtype -> (bytes of an element, its format for struct, if struct has one)
_DTYPES: Dict[str, Tuple[int, Optional[str]]] = {
    "bool": (1, "?"),
    "int8": (1, "b"),
    "int16": (2, "h"),
    "int32": (4, "i"),
    "int64": (8, "q"),
    "uint8": (1, "B"),
    "uint16": (2, "H"),
    "uint32": (4, "I"),
    "uint64": (8, "Q"),
    "float16": (2, "e"),
    "bfloat16": (2, None),
    "float32": (4, "f"),
    "float64": (8, "d"),
    "complex64": (8, None),
    "complex128": (16, None),
}


def is_array(value: Any) -> bool:
    """Whether the value is a numpy array, or becomes one by itself as tensors of torch and its kin do."""
    return np is not None and not isinstance(value, np.generic) and (
        isinstance(value, np.ndarray) or (hasattr(value, "__array__") and hasattr(value, "shape")))


def pack(value: Any) -> Tuple[Dict[str, Any], bytes]:
    """An array's descriptor, less its type, and its bytes."""
    array = np.asarray(value)
    dtype = array.dtype.name
    if dtype not in _DTYPES:
        raise ValueError(f"an array of dtype {dtype} cannot be stored; dtypes that can: {', '.join(_DTYPES)}")

    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    return {"shape": list(array.shape), "dtype": dtype, "binary_format": RAW}, little.tobytes(order="C")


def unpack(descriptor: Dict[str, Any], data: bytes) -> Any:
    """A numpy array of its own memory; without numpy, nested lists."""
    form = descriptor.get("binary_format", RAW)
    if form != RAW:
        raise ValueError(f"the value's bytes are of format {form!r}, and only {RAW!r} is read: bytes are never unpickled")

    dtype, shape = descriptor.get("dtype"), descriptor.get("shape")
    if dtype not in _DTYPES:
        raise ValueError(f"the value's bytes are of dtype {dtype!r}, which is not known")

    size, code = _DTYPES[dtype]
    count, rest = divmod(len(data), size)
    shape = [count] if shape is None else shape
    if rest or math.prod(shape) != count:
        raise ValueError(f"{len(data)} bytes of {dtype} do not have the shape {shape}")

    if np is not None:
        return np.frombuffer(data, dtype=_dtype_of(dtype)).reshape(shape).copy()
    if code is None:
        raise ValueError(f"bytes of dtype {dtype} can only be read with numpy")
    return nested(list(struct.unpack(f"<{count}{code}", data)), shape)


def nested(flat: List[Any], shape: Sequence[int]) -> Any:
    """A flat list in nested ones, as the shape says; a shape of no dimensions is the one element itself."""
    if not shape:
        return flat[0]
    if len(shape) == 1:
        return flat
    step = math.prod(shape[1:])
    return [nested(flat[start * step:(start + 1) * step], shape[1:]) for start in range(shape[0])]


def _dtype_of(name: str) -> Any:
    try:
        return np.dtype(name).newbyteorder("<")
    except TypeError:
        raise ValueError(f"this numpy has no dtype {name}") from None
