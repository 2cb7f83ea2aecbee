from google.protobuf import timestamp_pb2 as _timestamp_pb2
from . import snakepit_bridge_pb2 as _snakepit_bridge_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AuditEntry(_message.Message):
    __slots__ = ["changed_by", "principal", "revision", "source", "time", "update_type", "variable_id", "variable_name", "version"]
    CHANGED_BY_FIELD_NUMBER: _ClassVar[int]
    PRINCIPAL_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TYPE_FIELD_NUMBER: _ClassVar[int]
    VARIABLE_ID_FIELD_NUMBER: _ClassVar[int]
    VARIABLE_NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    changed_by: str
    principal: str
    revision: int
    source: str
    time: _timestamp_pb2.Timestamp
    update_type: str
    variable_id: str
    variable_name: str
    version: int
    def __init__(self, revision: _Optional[int] = ..., time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., variable_id: _Optional[str] = ..., variable_name: _Optional[str] = ..., update_type: _Optional[str] = ..., version: _Optional[int] = ..., principal: _Optional[str] = ..., changed_by: _Optional[str] = ..., source: _Optional[str] = ...) -> None: ...

class DescribeServerRequest(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class DescribeServerResponse(_message.Message):
    __slots__ = ["active_session_count", "cluster_id", "gateways", "kind", "server_time", "session_count", "silos", "started_at", "store", "version", "watcher_count"]
    class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    ACTIVE_SESSION_COUNT_FIELD_NUMBER: _ClassVar[int]
    CLUSTER_ID_FIELD_NUMBER: _ClassVar[int]
    GATEWAY: DescribeServerResponse.Kind
    GATEWAYS_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    SERVER_TIME_FIELD_NUMBER: _ClassVar[int]
    SESSION_COUNT_FIELD_NUMBER: _ClassVar[int]
    SIDECAR: DescribeServerResponse.Kind
    SILOS_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    STORE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    WATCHER_COUNT_FIELD_NUMBER: _ClassVar[int]
    active_session_count: int
    cluster_id: str
    gateways: _containers.RepeatedCompositeFieldContainer[Gateway]
    kind: DescribeServerResponse.Kind
    server_time: _timestamp_pb2.Timestamp
    session_count: int
    silos: _containers.RepeatedCompositeFieldContainer[Silo]
    started_at: _timestamp_pb2.Timestamp
    store: str
    version: str
    watcher_count: int
    def __init__(self, kind: _Optional[_Union[DescribeServerResponse.Kind, str]] = ..., version: _Optional[str] = ..., started_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., server_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., store: _Optional[str] = ..., session_count: _Optional[int] = ..., active_session_count: _Optional[int] = ..., watcher_count: _Optional[int] = ..., cluster_id: _Optional[str] = ..., silos: _Optional[_Iterable[_Union[Silo, _Mapping]]] = ..., gateways: _Optional[_Iterable[_Union[Gateway, _Mapping]]] = ...) -> None: ...

class DescribeSessionRequest(_message.Message):
    __slots__ = ["session_id"]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    def __init__(self, session_id: _Optional[str] = ...) -> None: ...

class DescribeSessionResponse(_message.Message):
    __slots__ = ["session"]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    session: SessionSummary
    def __init__(self, session: _Optional[_Union[SessionSummary, _Mapping]] = ...) -> None: ...

class Gateway(_message.Message):
    __slots__ = ["address", "answers", "host_count"]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    ANSWERS_FIELD_NUMBER: _ClassVar[int]
    HOST_COUNT_FIELD_NUMBER: _ClassVar[int]
    address: str
    answers: bool
    host_count: int
    def __init__(self, address: _Optional[str] = ..., answers: bool = ..., host_count: _Optional[int] = ...) -> None: ...

class ListDependenciesRequest(_message.Message):
    __slots__ = ["session_id"]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    def __init__(self, session_id: _Optional[str] = ...) -> None: ...

class ListDependenciesResponse(_message.Message):
    __slots__ = ["dependencies"]
    DEPENDENCIES_FIELD_NUMBER: _ClassVar[int]
    dependencies: _containers.RepeatedCompositeFieldContainer[VariableDependency]
    def __init__(self, dependencies: _Optional[_Iterable[_Union[VariableDependency, _Mapping]]] = ...) -> None: ...

class ListSessionsRequest(_message.Message):
    __slots__ = ["page_size", "page_token", "pattern"]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    PATTERN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    pattern: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., pattern: _Optional[str] = ...) -> None: ...

class ListSessionsResponse(_message.Message):
    __slots__ = ["next_page_token", "sessions"]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    SESSIONS_FIELD_NUMBER: _ClassVar[int]
    next_page_token: str
    sessions: _containers.RepeatedCompositeFieldContainer[SessionSummary]
    def __init__(self, sessions: _Optional[_Iterable[_Union[SessionSummary, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ListWatchersRequest(_message.Message):
    __slots__ = ["session_id"]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    def __init__(self, session_id: _Optional[str] = ...) -> None: ...

class ListWatchersResponse(_message.Message):
    __slots__ = ["watcher_count", "watchers"]
    WATCHERS_FIELD_NUMBER: _ClassVar[int]
    WATCHER_COUNT_FIELD_NUMBER: _ClassVar[int]
    watcher_count: int
    watchers: _containers.RepeatedCompositeFieldContainer[WatcherStatus]
    def __init__(self, watchers: _Optional[_Iterable[_Union[WatcherStatus, _Mapping]]] = ..., watcher_count: _Optional[int] = ...) -> None: ...

class ReadAuditRequest(_message.Message):
    __slots__ = ["after_revision", "page_size", "session_id", "since", "variable_identifier"]
    AFTER_REVISION_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    VARIABLE_IDENTIFIER_FIELD_NUMBER: _ClassVar[int]
    after_revision: int
    page_size: int
    session_id: str
    since: _timestamp_pb2.Timestamp
    variable_identifier: str
    def __init__(self, session_id: _Optional[str] = ..., page_size: _Optional[int] = ..., after_revision: _Optional[int] = ..., since: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., variable_identifier: _Optional[str] = ...) -> None: ...

class ReadAuditResponse(_message.Message):
    __slots__ = ["entries", "floor", "next_after_revision"]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    FLOOR_FIELD_NUMBER: _ClassVar[int]
    NEXT_AFTER_REVISION_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[AuditEntry]
    floor: int
    next_after_revision: int
    def __init__(self, entries: _Optional[_Iterable[_Union[AuditEntry, _Mapping]]] = ..., next_after_revision: _Optional[int] = ..., floor: _Optional[int] = ...) -> None: ...

class SessionSummary(_message.Message):
    __slots__ = ["active", "created_at", "expires_at", "metadata", "revision", "session_id", "silo", "tool_count", "variable_count", "watcher_count"]
    class MetadataEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    SILO_FIELD_NUMBER: _ClassVar[int]
    TOOL_COUNT_FIELD_NUMBER: _ClassVar[int]
    VARIABLE_COUNT_FIELD_NUMBER: _ClassVar[int]
    WATCHER_COUNT_FIELD_NUMBER: _ClassVar[int]
    active: bool
    created_at: _timestamp_pb2.Timestamp
    expires_at: _timestamp_pb2.Timestamp
    metadata: _containers.ScalarMap[str, str]
    revision: int
    session_id: str
    silo: str
    tool_count: int
    variable_count: int
    watcher_count: int
    def __init__(self, session_id: _Optional[str] = ..., created_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., expires_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., metadata: _Optional[_Mapping[str, str]] = ..., active: bool = ..., revision: _Optional[int] = ..., variable_count: _Optional[int] = ..., tool_count: _Optional[int] = ..., watcher_count: _Optional[int] = ..., silo: _Optional[str] = ...) -> None: ...

class Silo(_message.Message):
    __slots__ = ["active_session_count", "address", "alive_at", "started_at", "status"]
    ACTIVE_SESSION_COUNT_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    ALIVE_AT_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    active_session_count: int
    address: str
    alive_at: _timestamp_pb2.Timestamp
    started_at: _timestamp_pb2.Timestamp
    status: str
    def __init__(self, address: _Optional[str] = ..., status: _Optional[str] = ..., started_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., alive_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., active_session_count: _Optional[int] = ...) -> None: ...

class UpdateVariableRequest(_message.Message):
    __slots__ = ["access_control_json", "constraints_json", "expected_version", "metadata", "request_id", "session_id", "variable_identifier"]
    class MetadataEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ACCESS_CONTROL_JSON_FIELD_NUMBER: _ClassVar[int]
    CONSTRAINTS_JSON_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    VARIABLE_IDENTIFIER_FIELD_NUMBER: _ClassVar[int]
    access_control_json: str
    constraints_json: str
    expected_version: int
    metadata: _containers.ScalarMap[str, str]
    request_id: str
    session_id: str
    variable_identifier: str
    def __init__(self, session_id: _Optional[str] = ..., variable_identifier: _Optional[str] = ..., constraints_json: _Optional[str] = ..., access_control_json: _Optional[str] = ..., metadata: _Optional[_Mapping[str, str]] = ..., expected_version: _Optional[int] = ..., request_id: _Optional[str] = ...) -> None: ...

class UpdateVariableResponse(_message.Message):
    __slots__ = ["revision", "variable"]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    VARIABLE_FIELD_NUMBER: _ClassVar[int]
    revision: int
    variable: _snakepit_bridge_pb2.Variable
    def __init__(self, variable: _Optional[_Union[_snakepit_bridge_pb2.Variable, _Mapping]] = ..., revision: _Optional[int] = ...) -> None: ...

class VariableDependency(_message.Message):
    __slots__ = ["dependency_type", "from_variable_id", "to_variable_id"]
    DEPENDENCY_TYPE_FIELD_NUMBER: _ClassVar[int]
    FROM_VARIABLE_ID_FIELD_NUMBER: _ClassVar[int]
    TO_VARIABLE_ID_FIELD_NUMBER: _ClassVar[int]
    dependency_type: str
    from_variable_id: str
    to_variable_id: str
    def __init__(self, from_variable_id: _Optional[str] = ..., to_variable_id: _Optional[str] = ..., dependency_type: _Optional[str] = ...) -> None: ...

class WatcherStatus(_message.Message):
    __slots__ = ["lag", "patterns", "peer", "revision", "since", "update_types", "variable_identifiers"]
    LAG_FIELD_NUMBER: _ClassVar[int]
    PATTERNS_FIELD_NUMBER: _ClassVar[int]
    PEER_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TYPES_FIELD_NUMBER: _ClassVar[int]
    VARIABLE_IDENTIFIERS_FIELD_NUMBER: _ClassVar[int]
    lag: int
    patterns: _containers.RepeatedScalarFieldContainer[str]
    peer: str
    revision: int
    since: _timestamp_pb2.Timestamp
    update_types: _containers.RepeatedScalarFieldContainer[str]
    variable_identifiers: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, peer: _Optional[str] = ..., since: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., variable_identifiers: _Optional[_Iterable[str]] = ..., patterns: _Optional[_Iterable[str]] = ..., update_types: _Optional[_Iterable[str]] = ..., revision: _Optional[int] = ..., lag: _Optional[int] = ...) -> None: ...
