from google.protobuf import timestamp_pb2 as _timestamp_pb2
from . import snakepit_bridge_pb2 as _snakepit_bridge_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AddWorkerRequest(_message.Message):
    __slots__ = ["address", "worker_id"]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    WORKER_ID_FIELD_NUMBER: _ClassVar[int]
    address: str
    worker_id: str
    def __init__(self, worker_id: _Optional[str] = ..., address: _Optional[str] = ...) -> None: ...

class AddWorkerResponse(_message.Message):
    __slots__ = ["worker_id"]
    WORKER_ID_FIELD_NUMBER: _ClassVar[int]
    worker_id: str
    def __init__(self, worker_id: _Optional[str] = ...) -> None: ...

class Call(_message.Message):
    __slots__ = ["call_id", "chunks", "request", "streaming", "timeout_ms"]
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    CHUNKS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    STREAMING_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_MS_FIELD_NUMBER: _ClassVar[int]
    call_id: str
    chunks: int
    request: _snakepit_bridge_pb2.ExecuteToolRequest
    streaming: bool
    timeout_ms: int
    def __init__(self, call_id: _Optional[str] = ..., request: _Optional[_Union[_snakepit_bridge_pb2.ExecuteToolRequest, _Mapping]] = ..., streaming: bool = ..., timeout_ms: _Optional[int] = ..., chunks: _Optional[int] = ...) -> None: ...

class CallCancelled(_message.Message):
    __slots__ = ["call_id", "reason"]
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    call_id: str
    reason: str
    def __init__(self, call_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class CallChunk(_message.Message):
    __slots__ = ["call_id", "chunk"]
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    call_id: str
    chunk: _snakepit_bridge_pb2.ToolChunk
    def __init__(self, call_id: _Optional[str] = ..., chunk: _Optional[_Union[_snakepit_bridge_pb2.ToolChunk, _Mapping]] = ...) -> None: ...

class CallEnd(_message.Message):
    __slots__ = ["call_id", "code", "message"]
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    call_id: str
    code: int
    message: str
    def __init__(self, call_id: _Optional[str] = ..., code: _Optional[int] = ..., message: _Optional[str] = ...) -> None: ...

class CallResult(_message.Message):
    __slots__ = ["call_id", "response"]
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_FIELD_NUMBER: _ClassVar[int]
    call_id: str
    response: _snakepit_bridge_pb2.ExecuteToolResponse
    def __init__(self, call_id: _Optional[str] = ..., response: _Optional[_Union[_snakepit_bridge_pb2.ExecuteToolResponse, _Mapping]] = ...) -> None: ...

class Draining(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class Hello(_message.Message):
    __slots__ = ["host_id", "max_concurrent_calls", "metadata"]
    class MetadataEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    HOST_ID_FIELD_NUMBER: _ClassVar[int]
    MAX_CONCURRENT_CALLS_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    host_id: str
    max_concurrent_calls: int
    metadata: _containers.ScalarMap[str, str]
    def __init__(self, host_id: _Optional[str] = ..., metadata: _Optional[_Mapping[str, str]] = ..., max_concurrent_calls: _Optional[int] = ...) -> None: ...

class HostMessage(_message.Message):
    __slots__ = ["chunk", "end", "hello", "offer", "result", "withdrawal"]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    HELLO_FIELD_NUMBER: _ClassVar[int]
    OFFER_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    WITHDRAWAL_FIELD_NUMBER: _ClassVar[int]
    chunk: CallChunk
    end: CallEnd
    hello: Hello
    offer: Offer
    result: CallResult
    withdrawal: Withdrawal
    def __init__(self, hello: _Optional[_Union[Hello, _Mapping]] = ..., offer: _Optional[_Union[Offer, _Mapping]] = ..., withdrawal: _Optional[_Union[Withdrawal, _Mapping]] = ..., result: _Optional[_Union[CallResult, _Mapping]] = ..., chunk: _Optional[_Union[CallChunk, _Mapping]] = ..., end: _Optional[_Union[CallEnd, _Mapping]] = ...) -> None: ...

class HostedTool(_message.Message):
    __slots__ = ["hosts", "spec"]
    HOSTS_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    hosts: _containers.RepeatedCompositeFieldContainer[ToolHost]
    spec: _snakepit_bridge_pb2.ToolSpec
    def __init__(self, spec: _Optional[_Union[_snakepit_bridge_pb2.ToolSpec, _Mapping]] = ..., hosts: _Optional[_Iterable[_Union[ToolHost, _Mapping]]] = ...) -> None: ...

class ListToolsRequest(_message.Message):
    __slots__ = ["session_id"]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    def __init__(self, session_id: _Optional[str] = ...) -> None: ...

class ListToolsResponse(_message.Message):
    __slots__ = ["tools"]
    TOOLS_FIELD_NUMBER: _ClassVar[int]
    tools: _containers.RepeatedCompositeFieldContainer[HostedTool]
    def __init__(self, tools: _Optional[_Iterable[_Union[HostedTool, _Mapping]]] = ...) -> None: ...

class ListWorkersRequest(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class ListWorkersResponse(_message.Message):
    __slots__ = ["workers"]
    WORKERS_FIELD_NUMBER: _ClassVar[int]
    workers: _containers.RepeatedCompositeFieldContainer[WorkerStatus]
    def __init__(self, workers: _Optional[_Iterable[_Union[WorkerStatus, _Mapping]]] = ...) -> None: ...

class MoreChunks(_message.Message):
    __slots__ = ["call_id", "chunks"]
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    CHUNKS_FIELD_NUMBER: _ClassVar[int]
    call_id: str
    chunks: int
    def __init__(self, call_id: _Optional[str] = ..., chunks: _Optional[int] = ...) -> None: ...

class Offer(_message.Message):
    __slots__ = ["offer_id", "session_id", "tools"]
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    TOOLS_FIELD_NUMBER: _ClassVar[int]
    offer_id: int
    session_id: str
    tools: _containers.RepeatedCompositeFieldContainer[_snakepit_bridge_pb2.ToolSpec]
    def __init__(self, offer_id: _Optional[int] = ..., session_id: _Optional[str] = ..., tools: _Optional[_Iterable[_Union[_snakepit_bridge_pb2.ToolSpec, _Mapping]]] = ...) -> None: ...

class OfferAnswer(_message.Message):
    __slots__ = ["error_message", "offer_id", "success", "tool_ids"]
    class ToolIdsEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ERROR_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    SUCCESS_FIELD_NUMBER: _ClassVar[int]
    TOOL_IDS_FIELD_NUMBER: _ClassVar[int]
    error_message: str
    offer_id: int
    success: bool
    tool_ids: _containers.ScalarMap[str, str]
    def __init__(self, offer_id: _Optional[int] = ..., success: bool = ..., error_message: _Optional[str] = ..., tool_ids: _Optional[_Mapping[str, str]] = ...) -> None: ...

class RemoveWorkerRequest(_message.Message):
    __slots__ = ["worker_id"]
    WORKER_ID_FIELD_NUMBER: _ClassVar[int]
    worker_id: str
    def __init__(self, worker_id: _Optional[str] = ...) -> None: ...

class RemoveWorkerResponse(_message.Message):
    __slots__ = ["removed"]
    REMOVED_FIELD_NUMBER: _ClassVar[int]
    removed: bool
    def __init__(self, removed: bool = ...) -> None: ...

class ServerMessage(_message.Message):
    __slots__ = ["call", "cancelled", "draining", "more", "offer_answer", "welcome"]
    CALL_FIELD_NUMBER: _ClassVar[int]
    CANCELLED_FIELD_NUMBER: _ClassVar[int]
    DRAINING_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    OFFER_ANSWER_FIELD_NUMBER: _ClassVar[int]
    WELCOME_FIELD_NUMBER: _ClassVar[int]
    call: Call
    cancelled: CallCancelled
    draining: Draining
    more: MoreChunks
    offer_answer: OfferAnswer
    welcome: Welcome
    def __init__(self, welcome: _Optional[_Union[Welcome, _Mapping]] = ..., offer_answer: _Optional[_Union[OfferAnswer, _Mapping]] = ..., call: _Optional[_Union[Call, _Mapping]] = ..., cancelled: _Optional[_Union[CallCancelled, _Mapping]] = ..., more: _Optional[_Union[MoreChunks, _Mapping]] = ..., draining: _Optional[_Union[Draining, _Mapping]] = ...) -> None: ...

class ToolHost(_message.Message):
    __slots__ = ["id", "kind"]
    class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    ATTACHED: ToolHost.Kind
    ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    WORKER: ToolHost.Kind
    id: str
    kind: ToolHost.Kind
    def __init__(self, id: _Optional[str] = ..., kind: _Optional[_Union[ToolHost.Kind, str]] = ...) -> None: ...

class Welcome(_message.Message):
    __slots__ = ["host_id", "max_message_bytes", "server_time"]
    HOST_ID_FIELD_NUMBER: _ClassVar[int]
    MAX_MESSAGE_BYTES_FIELD_NUMBER: _ClassVar[int]
    SERVER_TIME_FIELD_NUMBER: _ClassVar[int]
    host_id: str
    max_message_bytes: int
    server_time: _timestamp_pb2.Timestamp
    def __init__(self, host_id: _Optional[str] = ..., server_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., max_message_bytes: _Optional[int] = ...) -> None: ...

class Withdrawal(_message.Message):
    __slots__ = ["session_id", "tool_names"]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    TOOL_NAMES_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    tool_names: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, session_id: _Optional[str] = ..., tool_names: _Optional[_Iterable[str]] = ...) -> None: ...

class WorkerStatus(_message.Message):
    __slots__ = ["address", "calls", "calls_in_flight", "detail", "failed_calls", "kind", "metadata", "process_id", "restarts", "since", "state", "worker_id"]
    class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class State(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class MetadataEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    ANNOUNCED: WorkerStatus.Kind
    ATTACHED: WorkerStatus.Kind
    CALLS_FIELD_NUMBER: _ClassVar[int]
    CALLS_IN_FLIGHT_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    DOWN: WorkerStatus.State
    DRAINING: WorkerStatus.State
    FAILED_CALLS_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    LAUNCHED: WorkerStatus.Kind
    METADATA_FIELD_NUMBER: _ClassVar[int]
    PROCESS_ID_FIELD_NUMBER: _ClassVar[int]
    READY: WorkerStatus.State
    RESTARTS_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    STARTING: WorkerStatus.State
    STATE_FIELD_NUMBER: _ClassVar[int]
    WORKER_ID_FIELD_NUMBER: _ClassVar[int]
    address: str
    calls: int
    calls_in_flight: int
    detail: str
    failed_calls: int
    kind: WorkerStatus.Kind
    metadata: _containers.ScalarMap[str, str]
    process_id: int
    restarts: int
    since: _timestamp_pb2.Timestamp
    state: WorkerStatus.State
    worker_id: str
    def __init__(self, worker_id: _Optional[str] = ..., kind: _Optional[_Union[WorkerStatus.Kind, str]] = ..., state: _Optional[_Union[WorkerStatus.State, str]] = ..., address: _Optional[str] = ..., calls_in_flight: _Optional[int] = ..., calls: _Optional[int] = ..., failed_calls: _Optional[int] = ..., since: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., process_id: _Optional[int] = ..., restarts: _Optional[int] = ..., metadata: _Optional[_Mapping[str, str]] = ..., detail: _Optional[str] = ...) -> None: ...
