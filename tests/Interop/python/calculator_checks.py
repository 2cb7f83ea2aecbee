"""The calculator, which answers on the same port."""

import math
import uuid

from grpc import StatusCode

import calc_pb2
import calc_pb2_grpc
from checks import check, equal, holds, refused

OPERATIONS = ("Add", "Subtract", "Multiply", "Divide", "Answer")


class Calculation:
    def __init__(self, bridge, value):
        self._stub = calc_pb2_grpc.CalculatorStub(bridge.channel)
        created = self._stub.Create(calc_pb2.Number(value=value), timeout=10)
        self.token = created.token
        self.value = created.value

    def apply(self, operation, value=0.0, token=None):
        request = calc_pb2.SessionOperation(token=self.token if token is None else token, value=value)
        return getattr(self._stub, operation)(request, timeout=10).value


@check
def calculator_create_answers_with_a_token_and_the_value(bridge):
    calculation = Calculation(bridge, 2.5)
    equal((str(uuid.UUID(calculation.token)), calculation.value), (calculation.token, 2.5))


@check
def calculator_answer_ends_the_calculation(bridge):
    calculation = Calculation(bridge, 3)
    equal(calculation.apply("Answer"), 3)
    for operation in OPERATIONS:
        refused(StatusCode.NOT_FOUND, f"not found: {calculation.token}", calculation.apply, operation)


@check
def calculator_does_not_know_a_token_it_never_gave(bridge):
    calculation = Calculation(bridge, 3)
    for token in ("", "nonsense", str(uuid.uuid4())):
        refused(StatusCode.NOT_FOUND, "not found", calculation.apply, "Add", 1, token)


@check
def calculator_refuses_to_divide_by_either_zero(bridge):
    calculation = Calculation(bridge, 3)
    for zero in (0.0, -0.0):
        refused(StatusCode.INVALID_ARGUMENT, "zero", calculation.apply, "Divide", zero)
    equal(calculation.apply("Answer"), 3)


@check
def calculator_overflows_to_infinity_and_accepts_nan(bridge):
    equal(Calculation(bridge, 3e38).apply("Multiply", 10), math.inf)
    equal(Calculation(bridge, -3e38).apply("Multiply", 10), -math.inf)
    holds(math.isnan(Calculation(bridge, math.nan).apply("Answer")), "expected NaN")
