"""Reckons (0 + 5 - 3) * 10 / 2 on a remote calculator: calculator_client.py [HOST:PORT]."""

import sys

import grpc

import calc_pb2
import calc_pb2_grpc

channel = grpc.insecure_channel(sys.argv[1] if len(sys.argv) > 1 else 'localhost:3000')
stub = calc_pb2_grpc.CalculatorStub(channel)

session = stub.Create(calc_pb2.Number(value=0))
print('Session is ' + session.token)

for operation, value in ((stub.Add, 5), (stub.Subtract, 3), (stub.Multiply, 10), (stub.Divide, 2)):
    operation(calc_pb2.SessionOperation(token=session.token, value=value))

answer = stub.Answer(calc_pb2.SessionOperation(token=session.token, value=0))
print('Answer is ' + str(answer.value))
