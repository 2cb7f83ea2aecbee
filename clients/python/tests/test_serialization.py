"""Values there and back."""

import json
import math

import pytest
from google.protobuf import any_pb2, struct_pb2, wrappers_pb2

from snakepit_bridge import ConstraintViolation, TypeSerializer, TypeValidator, VariableType
from snakepit_bridge import _arrays

PREFIX = "type.googleapis.com/snakepit."


def there_and_back(value, kind):
    encoded, data = TypeSerializer.encode_any(value, kind)
    return TypeSerializer.decode_any(encoded, data)


@pytest.mark.parametrize("value, kind", [
    (0.1, "float"), (-0.0, "float"), (5e-324, "float"), (10 ** 999, "integer"), (-(2 ** 63), "integer"), ("é\u2028😀", "string"),
    (True, "boolean"), ("fast", "choice"), ("dspy.Predict", "module"), ([1.5, -2.0], "embedding"),
    ({"a": [1, None, {"b": "c"}]}, "map"), ([1, "two", [3.5]], "list"), ([], "list"), ({}, "map"), ("", "string"),
])
def test_a_value_comes_back_as_it_went(value, kind):
    back = there_and_back(value, kind)
    assert back == value and type(back) is type(value)
    assert math.copysign(1, back) == math.copysign(1, value) if kind == "float" else True


@pytest.mark.parametrize("value, text", [(math.inf, '"Infinity"'), (-math.inf, '"-Infinity"'), (math.nan, '"NaN"')])
def test_special_floats_travel_as_strings(value, text):
    encoded, data = TypeSerializer.encode_any(value, "float")
    assert encoded.type_url == PREFIX + "float" and encoded.value == text.encode() and data is None
    back = TypeSerializer.decode_any(encoded)
    assert back == value or (math.isnan(back) and math.isnan(value))
    assert TypeSerializer.decode_any(TypeSerializer.encode_any([1.0, -math.inf], "embedding")[0]) == [1.0, -math.inf]


@pytest.mark.parametrize("value, kind, words", [
    ("abc", "float", "must be a number"), (True, "float", "must be a number"), (3.5, "integer", "must be a whole number, got 3.5"),
    (False, "integer", "must be an integer"), (2, "boolean", "must be a boolean"), ([1], "string", "must be a string"),
    ([1, "x"], "embedding", "must be a list of numbers"), (5, "list", "must be a list"), ({1: 2}, "map", "strings as keys"),
    ({"a": math.nan}, "map", "JSON has no nan"), ([object()], "list", "a object is none"), (1, "tensor", "must be a tensor"),
    (1, "quaternion", "there is no type 'quaternion'"),
])
def test_what_cannot_be_of_a_type_is_named(value, kind, words):
    with pytest.raises(ValueError, match=words.replace("[", r"\[")):
        TypeSerializer.encode_any(value, kind)


def test_converted_values():
    assert there_and_back(42.0, "integer") == 42 and there_and_back("7", "integer") == 7
    assert there_and_back("0.5", "float") == 0.5 and there_and_back("TRUE", "boolean") is True
    assert there_and_back(5, "string") == "5" and there_and_back((1, 2), "list") == [1, 2]


@pytest.mark.parametrize("value, kind", [
    (True, "boolean"), (1, "integer"), (1.0, "float"), ("a", "string"), ({}, "map"), ([], "list"), ((), "list"),
])
def test_inferred_types(value, kind):
    assert TypeValidator.infer_type(value) is VariableType(kind)


def test_no_type_is_inferred_for_what_no_variable_holds():
    with pytest.raises(ValueError, match="no variable can hold a object"):
        TypeValidator.infer_type(object())


def test_the_type_is_what_the_url_ends_in():
    for url in ("dspex.variables/float", PREFIX + "float", "float", "x/y.z.float"):
        assert TypeSerializer.decode_any(any_pb2.Any(type_url=url, value=b'"NaN"')) != 0


@pytest.mark.parametrize("message, value", [
    (wrappers_pb2.StringValue(value="abc"), "abc"), (wrappers_pb2.DoubleValue(value=0.5), 0.5), (wrappers_pb2.Int64Value(value=-3), -3),
    (wrappers_pb2.BoolValue(value=True), True), (wrappers_pb2.StringValue(), ""), (wrappers_pb2.BytesValue(value=b"\0"), b"\0"),
    (struct_pb2.Value(number_value=3), 3), (struct_pb2.ListValue(values=[struct_pb2.Value(string_value="a")]), ["a"]),
    (struct_pb2.Struct(fields={"a": struct_pb2.Value(number_value=1.5)}), {"a": 1.5}),
])
def test_well_known_types_are_unwrapped(message, value):
    packed = any_pb2.Any()
    packed.Pack(message)
    assert TypeSerializer.decode_any(packed) == value


@pytest.mark.parametrize("name", ["StringValue", "Value", "DoubleValue", "Struct"])
@pytest.mark.parametrize("value", ["abc", 5, 0.5, [1, 2], {"a": 1}, None, "", "\n\x03abc"])
def test_raw_json_under_the_url_of_a_well_known_type_is_json(name, value):
    packed = any_pb2.Any(type_url=f"type.googleapis.com/google.protobuf.{name}", value=json.dumps(value).encode())
    assert TypeSerializer.decode_any(packed) == value


def test_a_value_that_is_neither_is_an_error_that_names_its_type():
    with pytest.raises(ValueError, match="snakepit.float is neither JSON"):
        TypeSerializer.decode_any(any_pb2.Any(type_url=PREFIX + "float", value=b"\xff"))


def test_pickled_bytes_are_refused_and_not_unpickled():
    descriptor = {"shape": [1], "dtype": "float32", "binary_format": "pickle", "type": "embedding"}
    value = any_pb2.Any(type_url=PREFIX + "embedding.binary", value=json.dumps(descriptor).encode())
    with pytest.raises(ValueError, match="never unpickled"):
        TypeSerializer.decode_any(value, b"cos\nsystem\n(S'exit 1'\ntR.")


def test_bytes_that_do_not_have_their_shape_are_an_error():
    descriptor = {"shape": [2, 3], "dtype": "float32", "binary_format": "raw"}
    value = any_pb2.Any(type_url=PREFIX + "tensor.binary", value=json.dumps(descriptor).encode())
    with pytest.raises(ValueError, match=r"20 bytes of float32 do not have the shape \[2, 3\]"):
        TypeSerializer.decode_any(value, bytes(20))


@pytest.mark.parametrize("value, kind, constraints, words", [
    (3, "float", {"max": 2}, "value 3 is above maximum 2"), (math.nan, "float", {"min": 0}, "is below minimum"),
    ("ab", "string", {"min_length": 3}, "must be at least 3 characters, got 2"), ("x", "choice", {"choices": ["a", "b"]}, "must be one of: a, b"),
    ([1, 2], "embedding", {"dimensions": 3}, "must have exactly 3 dimensions"),
    ({"shape": [2], "data": [1, 2]}, "tensor", {"shape": [3]}, "shape must be"), ([1, 2], "list", {"max_size": 1}, "at most 1 items"),
])
def test_constraints_can_be_judged_before_the_server_does(value, kind, constraints, words):
    with pytest.raises(ConstraintViolation, match=words):
        TypeSerializer.validate_constraints(value, kind, constraints)


class TestWithNumpy:
    @pytest.fixture(autouse=True)
    def numpy(self):
        self.np = pytest.importorskip("numpy", reason="numpy is not installed")

    @pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int64", "uint8", "bool", "complex64", ">f4", ">i8"])
    @pytest.mark.parametrize("shape", [(3,), (2, 3), (0, 2), (), (2, 1, 2)])
    def test_an_array_comes_back_with_its_dtype_and_shape(self, dtype, shape):
        array = self.np.arange(math.prod(shape)).reshape(shape).astype(dtype)
        encoded, data = TypeSerializer.encode_any(array, "tensor")
        descriptor = json.loads(encoded.value)
        assert encoded.type_url == PREFIX + "tensor.binary" and descriptor["shape"] == list(shape)
        assert descriptor["binary_format"] == "raw" and descriptor["type"] == "tensor"
        assert data == array.astype(self.np.dtype(dtype).newbyteorder("<")).tobytes()
        back = TypeSerializer.decode_any(encoded, data)
        assert back.dtype.name == self.np.dtype(dtype).name and back.shape == shape and (back == array).all()
        assert back.flags.writeable or back.size == 0

    def test_a_transposed_array_keeps_its_rows(self):
        array = self.np.arange(6.0).reshape(2, 3).T
        assert (there_and_back(array, "tensor") == array).all()

    def test_lists_stay_lists_and_tensors_become_arrays(self):
        assert there_and_back([1.0, 2.0], "embedding") == [1.0, 2.0]
        back = there_and_back({"shape": [2, 2], "data": [1, 2, 3, 4], "dtype": "int16"}, "tensor")
        assert back.tolist() == [[1, 2], [3, 4]] and back.dtype == "int16"
        assert there_and_back([[1.0], [math.inf]], "tensor").tolist() == [[1.0], [math.inf]]

    def test_numbers_of_numpy_are_numbers(self):
        assert there_and_back(self.np.float32(0.5), "float") == 0.5 and there_and_back(self.np.int64(7), "integer") == 7
        assert there_and_back(self.np.bool_(True), "boolean") is True
        assert there_and_back({"a": self.np.arange(2), "b": self.np.float64(1)}, "map") == {"a": [0, 1], "b": 1.0}
        assert TypeValidator.infer_type(self.np.zeros(3)) is VariableType.EMBEDDING
        assert TypeValidator.infer_type(self.np.zeros((3, 1))) is VariableType.TENSOR
        assert TypeValidator.infer_type(self.np.float32(1)) is VariableType.FLOAT

    def test_objects_are_not_stored(self):
        with pytest.raises(ValueError, match="dtype object cannot be stored"):
            TypeSerializer.encode_any(self.np.array([object()]), "tensor")

    def test_without_numpy_arrays_come_as_lists(self, monkeypatch):
        encoded, data = TypeSerializer.encode_any(self.np.arange(6, dtype="float32").reshape(2, 3), "tensor")
        flat, flat_data = TypeSerializer.encode_any(self.np.arange(3.0), "embedding")
        monkeypatch.setattr(_arrays, "np", None)
        assert TypeSerializer.decode_any(encoded, data) == {"shape": [2, 3], "data": [[0, 1, 2], [3, 4, 5]], "dtype": "float32"}
        assert TypeSerializer.decode_any(flat, flat_data) == [0.0, 1.0, 2.0]
        assert there_and_back([[1, 2]], "tensor") == {"shape": [1, 2], "data": [[1, 2]]}
