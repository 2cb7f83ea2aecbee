"""The bridge's contract as old clients have it: without the fields that are this server's own, 100 and above."""

from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, message_factory, timestamp_pb2

import snakepit_bridge_pb2

FIRST_OWN_FIELD = 100


class OldBridge:
    def __init__(self, channel):
        self._channel = channel
        self._service = old_file().services_by_name["BridgeService"]

    def call(self, rpc, **fields):
        method = self._service.methods_by_name[rpc]
        kind = self._channel.unary_stream if rpc == "WatchVariables" else self._channel.unary_unary
        request_class, answer_class = message_class(method.input_type), message_class(method.output_type)
        call = kind(f"/{self._service.full_name}/{rpc}", request_class.SerializeToString, answer_class.FromString)
        return call(request_of(request_class, fields), timeout=15)


def old_file():
    old = descriptor_pb2.FileDescriptorProto()
    snakepit_bridge_pb2.DESCRIPTOR.CopyToProto(old)
    for message in old.message_type:
        kept = [field for field in message.field if field.number < FIRST_OWN_FIELD]
        optional = any(field.proto3_optional for field in message.field)
        del message.field[:]
        message.field.extend(kept)
        # Upstream marks no field optional; where one of ours is, its oneof goes too.
        if optional:
            del message.oneof_decl[:]
            for field in message.field:
                field.ClearField("proto3_optional")
                field.ClearField("oneof_index")
    pool = descriptor_pool.DescriptorPool()
    for module in (any_pb2, timestamp_pb2):
        pool.AddSerializedFile(module.DESCRIPTOR.serialized_pb)
    pool.AddSerializedFile(old.SerializeToString())
    return pool.FindFileByName(old.name)


def message_class(descriptor):
    # The name depends on protobuf's version.
    if hasattr(message_factory, "GetMessageClass"):
        return message_factory.GetMessageClass(descriptor)
    return message_factory.MessageFactory(descriptor.file.pool).GetPrototype(descriptor)


def request_of(request_class, fields):
    """Maps of messages take no dict in a constructor: they are filled one by one."""
    updates = fields.pop("updates", {})
    request = request_class(**fields)
    for name, value in updates.items():
        request.updates[name].type_url = value["type_url"]
        request.updates[name].value = value["value"]
    return request
