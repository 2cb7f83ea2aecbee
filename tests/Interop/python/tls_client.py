"""What grpcio alone does by TLS: one line for each try. Arguments: HOST:PORT, authority, another one, certificate, key."""

import sys

import grpc
import snakepit_bridge_pb2 as pb
import snakepit_bridge_pb2_grpc as pb_grpc

target, ours, another, certificate, key = sys.argv[1:]


def read(path):
    with open(path, "rb") as file:
        return file.read()


def attempt(name, credentials, options=()):
    channel = grpc.secure_channel(target, credentials, options) if credentials else grpc.insecure_channel(target)
    with channel:
        try:
            answer = pb_grpc.BridgeServiceStub(channel).Ping(pb.PingRequest(message=name), timeout=30)
            print(f"{name}: {answer.message}")
        except grpc.RpcError as error:
            print(f"{name}: {error.code().name} {error.details()}".replace("\n", " "))


mutual = (read(ours), read(key), read(certificate))
attempt("mutual", grpc.ssl_channel_credentials(*mutual))
attempt("no certificate", grpc.ssl_channel_credentials(read(ours)))
attempt("another authority", grpc.ssl_channel_credentials(read(another), *mutual[1:]))
attempt("another name", grpc.ssl_channel_credentials(*mutual), [("grpc.ssl_target_name_override", "example.org")])
attempt("cleartext", None)
