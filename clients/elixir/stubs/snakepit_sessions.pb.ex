defmodule Snakepit.Sessions.V1.DescribeServerResponse.Kind do
  @moduledoc false

  use Protobuf, enum: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :SIDECAR, 0
  field :GATEWAY, 1
end

defmodule Snakepit.Sessions.V1.ListSessionsRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :page_size, 1, type: :int32, json_name: "pageSize"
  field :page_token, 2, type: :string, json_name: "pageToken"
  field :pattern, 3, type: :string
end

defmodule Snakepit.Sessions.V1.ListSessionsResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :sessions, 1, repeated: true, type: Snakepit.Sessions.V1.SessionSummary
  field :next_page_token, 2, type: :string, json_name: "nextPageToken"
end

defmodule Snakepit.Sessions.V1.SessionSummary.MetadataEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: :string
end

defmodule Snakepit.Sessions.V1.SessionSummary do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session_id, 1, type: :string, json_name: "sessionId"
  field :created_at, 2, type: Google.Protobuf.Timestamp, json_name: "createdAt"
  field :expires_at, 3, type: Google.Protobuf.Timestamp, json_name: "expiresAt"

  field :metadata, 4,
    repeated: true,
    type: Snakepit.Sessions.V1.SessionSummary.MetadataEntry,
    map: true

  field :active, 5, type: :bool
  field :revision, 6, type: :int64
  field :variable_count, 7, type: :int32, json_name: "variableCount"
  field :tool_count, 8, type: :int32, json_name: "toolCount"
  field :watcher_count, 9, type: :int32, json_name: "watcherCount"
  field :silo, 10, type: :string
end

defmodule Snakepit.Sessions.V1.UpdateVariableRequest.MetadataEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: :string
end

defmodule Snakepit.Sessions.V1.UpdateVariableRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session_id, 1, type: :string, json_name: "sessionId"
  field :variable_identifier, 2, type: :string, json_name: "variableIdentifier"
  field :constraints_json, 3, proto3_optional: true, type: :string, json_name: "constraintsJson"

  field :access_control_json, 4,
    proto3_optional: true,
    type: :string,
    json_name: "accessControlJson"

  field :metadata, 5,
    repeated: true,
    type: Snakepit.Sessions.V1.UpdateVariableRequest.MetadataEntry,
    map: true

  field :expected_version, 6, proto3_optional: true, type: :int32, json_name: "expectedVersion"
  field :request_id, 7, type: :string, json_name: "requestId"
end

defmodule Snakepit.Sessions.V1.UpdateVariableResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :variable, 1, type: Snakepit.Bridge.Variable
  field :revision, 2, type: :int64
end

defmodule Snakepit.Sessions.V1.ReadAuditRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session_id, 1, type: :string, json_name: "sessionId"
  field :page_size, 2, type: :int32, json_name: "pageSize"
  field :after_revision, 3, type: :int64, json_name: "afterRevision"
  field :since, 4, type: Google.Protobuf.Timestamp
  field :variable_identifier, 5, type: :string, json_name: "variableIdentifier"
end

defmodule Snakepit.Sessions.V1.ReadAuditResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :entries, 1, repeated: true, type: Snakepit.Sessions.V1.AuditEntry
  field :next_after_revision, 2, type: :int64, json_name: "nextAfterRevision"
  field :floor, 3, type: :int64
end

defmodule Snakepit.Sessions.V1.AuditEntry do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :revision, 1, type: :int64
  field :time, 2, type: Google.Protobuf.Timestamp
  field :variable_id, 3, type: :string, json_name: "variableId"
  field :variable_name, 4, type: :string, json_name: "variableName"
  field :update_type, 5, type: :string, json_name: "updateType"
  field :version, 6, type: :int32
  field :principal, 7, type: :string
  field :changed_by, 8, type: :string, json_name: "changedBy"
  field :source, 9, type: :string
end

defmodule Snakepit.Sessions.V1.DescribeServerRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3
end

defmodule Snakepit.Sessions.V1.DescribeServerResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :kind, 1, type: Snakepit.Sessions.V1.DescribeServerResponse.Kind, enum: true
  field :version, 2, type: :string
  field :started_at, 3, type: Google.Protobuf.Timestamp, json_name: "startedAt"
  field :server_time, 4, type: Google.Protobuf.Timestamp, json_name: "serverTime"
  field :store, 5, type: :string
  field :session_count, 6, proto3_optional: true, type: :int64, json_name: "sessionCount"
  field :active_session_count, 7, type: :int64, json_name: "activeSessionCount"
  field :watcher_count, 8, type: :int32, json_name: "watcherCount"
  field :cluster_id, 9, type: :string, json_name: "clusterId"
  field :silos, 10, repeated: true, type: Snakepit.Sessions.V1.Silo
  field :gateways, 11, repeated: true, type: Snakepit.Sessions.V1.Gateway
end

defmodule Snakepit.Sessions.V1.Silo do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :address, 1, type: :string
  field :status, 2, type: :string
  field :started_at, 3, type: Google.Protobuf.Timestamp, json_name: "startedAt"
  field :alive_at, 4, type: Google.Protobuf.Timestamp, json_name: "aliveAt"

  field :active_session_count, 5,
    proto3_optional: true,
    type: :int64,
    json_name: "activeSessionCount"
end

defmodule Snakepit.Sessions.V1.Gateway do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :address, 1, type: :string
  field :answers, 2, type: :bool
  field :host_count, 3, type: :int32, json_name: "hostCount"
end

defmodule Snakepit.Sessions.V1.DescribeSessionRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session_id, 1, type: :string, json_name: "sessionId"
end

defmodule Snakepit.Sessions.V1.DescribeSessionResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session, 1, type: Snakepit.Sessions.V1.SessionSummary
end

defmodule Snakepit.Sessions.V1.ListWatchersRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session_id, 1, type: :string, json_name: "sessionId"
end

defmodule Snakepit.Sessions.V1.ListWatchersResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :watchers, 1, repeated: true, type: Snakepit.Sessions.V1.WatcherStatus
  field :watcher_count, 2, type: :int32, json_name: "watcherCount"
end

defmodule Snakepit.Sessions.V1.WatcherStatus do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :peer, 1, type: :string
  field :since, 2, type: Google.Protobuf.Timestamp
  field :variable_identifiers, 3, repeated: true, type: :string, json_name: "variableIdentifiers"
  field :patterns, 4, repeated: true, type: :string
  field :update_types, 5, repeated: true, type: :string, json_name: "updateTypes"
  field :revision, 6, type: :int64
  field :lag, 7, type: :int64
end

defmodule Snakepit.Sessions.V1.ListDependenciesRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session_id, 1, type: :string, json_name: "sessionId"
end

defmodule Snakepit.Sessions.V1.ListDependenciesResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :dependencies, 1, repeated: true, type: Snakepit.Sessions.V1.VariableDependency
end

defmodule Snakepit.Sessions.V1.VariableDependency do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :from_variable_id, 1, type: :string, json_name: "fromVariableId"
  field :to_variable_id, 2, type: :string, json_name: "toVariableId"
  field :dependency_type, 3, type: :string, json_name: "dependencyType"
end

defmodule Snakepit.Sessions.V1.Sessions.Service do
  @moduledoc false

  use GRPC.Service, name: "snakepit.sessions.v1.Sessions", protoc_gen_elixir_version: "0.15.0"

  rpc :ListSessions,
      Snakepit.Sessions.V1.ListSessionsRequest,
      Snakepit.Sessions.V1.ListSessionsResponse

  rpc :UpdateVariable,
      Snakepit.Sessions.V1.UpdateVariableRequest,
      Snakepit.Sessions.V1.UpdateVariableResponse

  rpc :ReadAudit, Snakepit.Sessions.V1.ReadAuditRequest, Snakepit.Sessions.V1.ReadAuditResponse

  rpc :DescribeServer,
      Snakepit.Sessions.V1.DescribeServerRequest,
      Snakepit.Sessions.V1.DescribeServerResponse

  rpc :DescribeSession,
      Snakepit.Sessions.V1.DescribeSessionRequest,
      Snakepit.Sessions.V1.DescribeSessionResponse

  rpc :ListWatchers,
      Snakepit.Sessions.V1.ListWatchersRequest,
      Snakepit.Sessions.V1.ListWatchersResponse

  rpc :ListDependencies,
      Snakepit.Sessions.V1.ListDependenciesRequest,
      Snakepit.Sessions.V1.ListDependenciesResponse
end

defmodule Snakepit.Sessions.V1.Sessions.Stub do
  @moduledoc false

  use GRPC.Stub, service: Snakepit.Sessions.V1.Sessions.Service
end
