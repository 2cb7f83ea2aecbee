"""The services every gRPC server is expected to have: health and reflection."""

from grpc import StatusCode

import grpc_health_pb2
import grpc_health_pb2_grpc
import grpc_reflection_v1_pb2
import grpc_reflection_v1_pb2_grpc
import grpc_reflection_v1alpha_pb2
import grpc_reflection_v1alpha_pb2_grpc
from checks import check, equal, holds, refused

SERVICES = ("Calculator", "grpc.health.v1.Health", "snakepit.bridge.BridgeService")
SERVING = grpc_health_pb2.HealthCheckResponse.SERVING
SERVICE_UNKNOWN = grpc_health_pb2.HealthCheckResponse.SERVICE_UNKNOWN


@check
def health_check_says_serving_for_every_service(bridge):
    for service in ("", *SERVICES):
        equal((service, health(bridge, "Check", service).status), (service, SERVING))


@check
def health_check_of_an_unknown_service_is_not_found(bridge):
    refused(StatusCode.NOT_FOUND, "not found", health, bridge, "Check", "no.Such")


@check
def health_watch_begins_with_the_status_there_is(bridge):
    for service, status in (("", SERVING), ("no.Such", SERVICE_UNKNOWN)):
        stream = health(bridge, "Watch", service)
        equal((service, next(stream).status), (service, status))
        stream.cancel()


@check
def reflection_v1_lists_services_and_describes_them(bridge):
    reflect(bridge, grpc_reflection_v1_pb2, grpc_reflection_v1_pb2_grpc)


@check
def reflection_v1alpha_lists_services_and_describes_them(bridge):
    reflect(bridge, grpc_reflection_v1alpha_pb2, grpc_reflection_v1alpha_pb2_grpc)


def health(bridge, rpc, service):
    stub = grpc_health_pb2_grpc.HealthStub(bridge.channel)
    return getattr(stub, rpc)(grpc_health_pb2.HealthCheckRequest(service=service), timeout=10)


def reflect(bridge, messages, services):
    questions = [messages.ServerReflectionRequest(list_services="")]
    questions += [messages.ServerReflectionRequest(file_containing_symbol=name) for name in SERVICES]
    questions += [messages.ServerReflectionRequest(file_containing_symbol="no.Such")]
    stub = services.ServerReflectionStub(bridge.channel)
    listed, *described, unknown = stub.ServerReflectionInfo(iter(questions), timeout=10)
    missing = set(SERVICES) - {service.name for service in listed.list_services_response.service}
    holds(not missing, f"not listed: {missing}")
    holds(all(one.file_descriptor_response.file_descriptor_proto for one in described), "a service has no file")
    equal(unknown.error_response.error_code, StatusCode.NOT_FOUND.value[0])
