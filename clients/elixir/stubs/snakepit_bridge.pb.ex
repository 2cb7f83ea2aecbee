defmodule Snakepit.Bridge.Variable.Source do
  @moduledoc false

  use Protobuf, enum: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :ELIXIR, 0
  field :PYTHON, 1
end

defmodule Snakepit.Bridge.PingRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :message, 1, type: :string
end

defmodule Snakepit.Bridge.PingResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :message, 1, type: :string
  field :server_time, 2, type: Google.Protobuf.Timestamp, json_name: "serverTime"
end

defmodule Snakepit.Bridge.InitializeSessionRequest.MetadataEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: :string
end

defmodule Snakepit.Bridge.InitializeSessionRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session_id, 1, type: :string, json_name: "sessionId"

  field :metadata, 2,
    repeated: true,
    type: Snakepit.Bridge.InitializeSessionRequest.MetadataEntry,
    map: true

  field :config, 3, type: Snakepit.Bridge.SessionConfig
end

defmodule Snakepit.Bridge.SessionConfig do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :enable_caching, 1, type: :bool, json_name: "enableCaching"
  field :cache_ttl_seconds, 2, type: :int32, json_name: "cacheTtlSeconds"
  field :enable_telemetry, 3, type: :bool, json_name: "enableTelemetry"
  field :ttl_seconds, 100, type: :int32, json_name: "ttlSeconds"
  field :history_limit, 101, type: :int32, json_name: "historyLimit"
end

defmodule Snakepit.Bridge.InitializeSessionResponse.AvailableToolsEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: Snakepit.Bridge.ToolSpec
end

defmodule Snakepit.Bridge.InitializeSessionResponse.InitialVariablesEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: Snakepit.Bridge.Variable
end

defmodule Snakepit.Bridge.InitializeSessionResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :success, 1, type: :bool
  field :error_message, 2, type: :string, json_name: "errorMessage"

  field :available_tools, 3,
    repeated: true,
    type: Snakepit.Bridge.InitializeSessionResponse.AvailableToolsEntry,
    json_name: "availableTools",
    map: true

  field :initial_variables, 4,
    repeated: true,
    type: Snakepit.Bridge.InitializeSessionResponse.InitialVariablesEntry,
    json_name: "initialVariables",
    map: true
end

defmodule Snakepit.Bridge.CleanupSessionRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session_id, 1, type: :string, json_name: "sessionId"
  field :force, 2, type: :bool
end

defmodule Snakepit.Bridge.CleanupSessionResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :success, 1, type: :bool
  field :resources_cleaned, 2, type: :int32, json_name: "resourcesCleaned"
end

defmodule Snakepit.Bridge.GetSessionRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session_id, 1, type: :string, json_name: "sessionId"
end

defmodule Snakepit.Bridge.GetSessionResponse.MetadataEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: :string
end

defmodule Snakepit.Bridge.GetSessionResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session_id, 1, type: :string, json_name: "sessionId"

  field :metadata, 2,
    repeated: true,
    type: Snakepit.Bridge.GetSessionResponse.MetadataEntry,
    map: true

  field :created_at, 3, type: Google.Protobuf.Timestamp, json_name: "createdAt"
  field :variable_count, 4, type: :int32, json_name: "variableCount"
  field :tool_count, 5, type: :int32, json_name: "toolCount"
  field :revision, 100, type: :int64
  field :expires_at, 101, type: Google.Protobuf.Timestamp, json_name: "expiresAt"
  field :watcher_count, 102, type: :int32, json_name: "watcherCount"
end

defmodule Snakepit.Bridge.HeartbeatRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session_id, 1, type: :string, json_name: "sessionId"
  field :client_time, 2, type: Google.Protobuf.Timestamp, json_name: "clientTime"
end

defmodule Snakepit.Bridge.HeartbeatResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :server_time, 1, type: Google.Protobuf.Timestamp, json_name: "serverTime"
  field :session_valid, 2, type: :bool, json_name: "sessionValid"
end

defmodule Snakepit.Bridge.Variable.MetadataEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: :string
end

defmodule Snakepit.Bridge.Variable do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :id, 1, type: :string
  field :name, 2, type: :string
  field :type, 3, type: :string
  field :value, 4, type: Google.Protobuf.Any
  field :constraints_json, 5, type: :string, json_name: "constraintsJson"
  field :metadata, 6, repeated: true, type: Snakepit.Bridge.Variable.MetadataEntry, map: true
  field :source, 7, type: Snakepit.Bridge.Variable.Source, enum: true
  field :last_updated_at, 8, type: Google.Protobuf.Timestamp, json_name: "lastUpdatedAt"
  field :version, 9, type: :int32
  field :access_control_json, 10, type: :string, json_name: "accessControlJson"

  field :optimization_status, 11,
    type: Snakepit.Bridge.OptimizationStatus,
    json_name: "optimizationStatus"

  field :binary_value, 12, type: :bytes, json_name: "binaryValue"
  field :revision, 100, type: :int64
end

defmodule Snakepit.Bridge.OptimizationStatus do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :optimizing, 1, type: :bool
  field :optimizer_id, 2, type: :string, json_name: "optimizerId"
  field :started_at, 3, type: Google.Protobuf.Timestamp, json_name: "startedAt"
  field :optimization_id, 100, type: :string, json_name: "optimizationId"
end

defmodule Snakepit.Bridge.RegisterVariableRequest.MetadataEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: :string
end

defmodule Snakepit.Bridge.RegisterVariableRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session_id, 1, type: :string, json_name: "sessionId"
  field :name, 2, type: :string
  field :type, 3, type: :string
  field :initial_value, 4, type: Google.Protobuf.Any, json_name: "initialValue"
  field :constraints_json, 5, type: :string, json_name: "constraintsJson"

  field :metadata, 6,
    repeated: true,
    type: Snakepit.Bridge.RegisterVariableRequest.MetadataEntry,
    map: true

  field :initial_binary_value, 7, type: :bytes, json_name: "initialBinaryValue"
  field :request_id, 100, type: :string, json_name: "requestId"
  field :access_control_json, 101, type: :string, json_name: "accessControlJson"
end

defmodule Snakepit.Bridge.RegisterVariableResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :success, 1, type: :bool
  field :variable_id, 2, type: :string, json_name: "variableId"
  field :error_message, 3, type: :string, json_name: "errorMessage"
  field :variable, 100, type: Snakepit.Bridge.Variable
  field :already_registered, 101, type: :bool, json_name: "alreadyRegistered"
  field :revision, 102, type: :int64
end

defmodule Snakepit.Bridge.GetVariableRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session_id, 1, type: :string, json_name: "sessionId"
  field :variable_identifier, 2, type: :string, json_name: "variableIdentifier"
  field :bypass_cache, 3, type: :bool, json_name: "bypassCache"
  field :at_least_revision, 100, type: :int64, json_name: "atLeastRevision"
end

defmodule Snakepit.Bridge.GetVariableResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :variable, 1, type: Snakepit.Bridge.Variable
  field :from_cache, 2, type: :bool, json_name: "fromCache"
end

defmodule Snakepit.Bridge.SetVariableRequest.MetadataEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: :string
end

defmodule Snakepit.Bridge.SetVariableRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session_id, 1, type: :string, json_name: "sessionId"
  field :variable_identifier, 2, type: :string, json_name: "variableIdentifier"
  field :value, 3, type: Google.Protobuf.Any

  field :metadata, 4,
    repeated: true,
    type: Snakepit.Bridge.SetVariableRequest.MetadataEntry,
    map: true

  field :expected_version, 5, proto3_optional: true, type: :int32, json_name: "expectedVersion"
  field :binary_value, 6, type: :bytes, json_name: "binaryValue"
  field :request_id, 100, type: :string, json_name: "requestId"
end

defmodule Snakepit.Bridge.SetVariableResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :success, 1, type: :bool
  field :error_message, 2, type: :string, json_name: "errorMessage"
  field :new_version, 3, type: :int32, json_name: "newVersion"
  field :revision, 100, type: :int64
end

defmodule Snakepit.Bridge.BatchGetVariablesRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session_id, 1, type: :string, json_name: "sessionId"
  field :variable_identifiers, 2, repeated: true, type: :string, json_name: "variableIdentifiers"
  field :include_metadata, 3, type: :bool, json_name: "includeMetadata"
  field :bypass_cache, 4, type: :bool, json_name: "bypassCache"
end

defmodule Snakepit.Bridge.BatchGetVariablesResponse.VariablesEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: Snakepit.Bridge.Variable
end

defmodule Snakepit.Bridge.BatchGetVariablesResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :variables, 1,
    repeated: true,
    type: Snakepit.Bridge.BatchGetVariablesResponse.VariablesEntry,
    map: true

  field :missing_variables, 2, repeated: true, type: :string, json_name: "missingVariables"
end

defmodule Snakepit.Bridge.BatchSetVariablesRequest.UpdatesEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: Google.Protobuf.Any
end

defmodule Snakepit.Bridge.BatchSetVariablesRequest.MetadataEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: :string
end

defmodule Snakepit.Bridge.BatchSetVariablesRequest.BinaryUpdatesEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: :bytes
end

defmodule Snakepit.Bridge.BatchSetVariablesRequest.ExpectedVersionsEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: :int32
end

defmodule Snakepit.Bridge.BatchSetVariablesRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session_id, 1, type: :string, json_name: "sessionId"

  field :updates, 2,
    repeated: true,
    type: Snakepit.Bridge.BatchSetVariablesRequest.UpdatesEntry,
    map: true

  field :metadata, 3,
    repeated: true,
    type: Snakepit.Bridge.BatchSetVariablesRequest.MetadataEntry,
    map: true

  field :atomic, 4, type: :bool

  field :binary_updates, 5,
    repeated: true,
    type: Snakepit.Bridge.BatchSetVariablesRequest.BinaryUpdatesEntry,
    json_name: "binaryUpdates",
    map: true

  field :request_id, 100, type: :string, json_name: "requestId"

  field :expected_versions, 101,
    repeated: true,
    type: Snakepit.Bridge.BatchSetVariablesRequest.ExpectedVersionsEntry,
    json_name: "expectedVersions",
    map: true
end

defmodule Snakepit.Bridge.BatchSetVariablesResponse.ErrorsEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: :string
end

defmodule Snakepit.Bridge.BatchSetVariablesResponse.NewVersionsEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: :int32
end

defmodule Snakepit.Bridge.BatchSetVariablesResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :success, 1, type: :bool

  field :errors, 2,
    repeated: true,
    type: Snakepit.Bridge.BatchSetVariablesResponse.ErrorsEntry,
    map: true

  field :new_versions, 3,
    repeated: true,
    type: Snakepit.Bridge.BatchSetVariablesResponse.NewVersionsEntry,
    json_name: "newVersions",
    map: true

  field :revision, 100, type: :int64
end

defmodule Snakepit.Bridge.ListVariablesRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session_id, 1, type: :string, json_name: "sessionId"
  field :pattern, 2, type: :string
end

defmodule Snakepit.Bridge.ListVariablesResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :variables, 1, repeated: true, type: Snakepit.Bridge.Variable
end

defmodule Snakepit.Bridge.DeleteVariableRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session_id, 1, type: :string, json_name: "sessionId"
  field :variable_identifier, 2, type: :string, json_name: "variableIdentifier"
  field :request_id, 100, type: :string, json_name: "requestId"
end

defmodule Snakepit.Bridge.DeleteVariableResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :success, 1, type: :bool
  field :error_message, 2, type: :string, json_name: "errorMessage"
  field :revision, 100, type: :int64
end

defmodule Snakepit.Bridge.WatchVariablesRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session_id, 1, type: :string, json_name: "sessionId"
  field :variable_identifiers, 2, repeated: true, type: :string, json_name: "variableIdentifiers"
  field :include_initial_values, 3, type: :bool, json_name: "includeInitialValues"
  field :from_revision, 100, proto3_optional: true, type: :int64, json_name: "fromRevision"
  field :patterns, 101, repeated: true, type: :string
  field :min_interval_ms, 102, type: :int32, json_name: "minIntervalMs"
  field :update_types, 103, repeated: true, type: :string, json_name: "updateTypes"
end

defmodule Snakepit.Bridge.VariableUpdate.UpdateMetadataEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: :string
end

defmodule Snakepit.Bridge.VariableUpdate do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :variable_id, 1, type: :string, json_name: "variableId"
  field :variable, 2, type: Snakepit.Bridge.Variable
  field :update_source, 3, type: :string, json_name: "updateSource"

  field :update_metadata, 4,
    repeated: true,
    type: Snakepit.Bridge.VariableUpdate.UpdateMetadataEntry,
    json_name: "updateMetadata",
    map: true

  field :timestamp, 5, type: Google.Protobuf.Timestamp
  field :update_type, 6, type: :string, json_name: "updateType"
  field :old_value, 100, type: Google.Protobuf.Any, json_name: "oldValue"
  field :revision, 101, type: :int64
  field :old_binary_value, 102, type: :bytes, json_name: "oldBinaryValue"
end

defmodule Snakepit.Bridge.AddDependencyRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session_id, 1, type: :string, json_name: "sessionId"
  field :from_variable, 2, type: :string, json_name: "fromVariable"
  field :to_variable, 3, type: :string, json_name: "toVariable"
  field :dependency_type, 4, type: :string, json_name: "dependencyType"
  field :request_id, 100, type: :string, json_name: "requestId"
end

defmodule Snakepit.Bridge.AddDependencyResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :success, 1, type: :bool
  field :error_message, 2, type: :string, json_name: "errorMessage"
end

defmodule Snakepit.Bridge.StartOptimizationRequest.OptimizerConfigEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: :string
end

defmodule Snakepit.Bridge.StartOptimizationRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session_id, 1, type: :string, json_name: "sessionId"
  field :variable_identifier, 2, type: :string, json_name: "variableIdentifier"
  field :optimizer_id, 3, type: :string, json_name: "optimizerId"

  field :optimizer_config, 4,
    repeated: true,
    type: Snakepit.Bridge.StartOptimizationRequest.OptimizerConfigEntry,
    json_name: "optimizerConfig",
    map: true

  field :request_id, 100, type: :string, json_name: "requestId"
end

defmodule Snakepit.Bridge.StartOptimizationResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :success, 1, type: :bool
  field :error_message, 2, type: :string, json_name: "errorMessage"
  field :optimization_id, 3, type: :string, json_name: "optimizationId"
end

defmodule Snakepit.Bridge.StopOptimizationRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session_id, 1, type: :string, json_name: "sessionId"
  field :variable_identifier, 2, type: :string, json_name: "variableIdentifier"
  field :force, 3, type: :bool
  field :request_id, 100, type: :string, json_name: "requestId"
  field :optimizer_id, 101, type: :string, json_name: "optimizerId"
end

defmodule Snakepit.Bridge.StopOptimizationResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :success, 1, type: :bool
  field :final_value, 2, type: Google.Protobuf.Any, json_name: "finalValue"
end

defmodule Snakepit.Bridge.GetVariableHistoryRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session_id, 1, type: :string, json_name: "sessionId"
  field :variable_identifier, 2, type: :string, json_name: "variableIdentifier"
  field :limit, 3, type: :int32
end

defmodule Snakepit.Bridge.GetVariableHistoryResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :entries, 1, repeated: true, type: Snakepit.Bridge.VariableHistoryEntry
end

defmodule Snakepit.Bridge.VariableHistoryEntry.MetadataEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: :string
end

defmodule Snakepit.Bridge.VariableHistoryEntry do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :version, 1, type: :int32
  field :value, 2, type: Google.Protobuf.Any
  field :timestamp, 3, type: Google.Protobuf.Timestamp
  field :changed_by, 4, type: :string, json_name: "changedBy"

  field :metadata, 5,
    repeated: true,
    type: Snakepit.Bridge.VariableHistoryEntry.MetadataEntry,
    map: true
end

defmodule Snakepit.Bridge.RollbackVariableRequest.MetadataEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: :string
end

defmodule Snakepit.Bridge.RollbackVariableRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session_id, 1, type: :string, json_name: "sessionId"
  field :variable_identifier, 2, type: :string, json_name: "variableIdentifier"
  field :target_version, 3, type: :int32, json_name: "targetVersion"
  field :request_id, 100, type: :string, json_name: "requestId"

  field :metadata, 101,
    repeated: true,
    type: Snakepit.Bridge.RollbackVariableRequest.MetadataEntry,
    map: true
end

defmodule Snakepit.Bridge.RollbackVariableResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :success, 1, type: :bool
  field :variable, 2, type: Snakepit.Bridge.Variable
  field :error_message, 3, type: :string, json_name: "errorMessage"
  field :revision, 100, type: :int64
end

defmodule Snakepit.Bridge.ToolSpec.MetadataEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: :string
end

defmodule Snakepit.Bridge.ToolSpec do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :name, 1, type: :string
  field :description, 2, type: :string
  field :parameters, 3, repeated: true, type: Snakepit.Bridge.ParameterSpec
  field :metadata, 4, repeated: true, type: Snakepit.Bridge.ToolSpec.MetadataEntry, map: true
  field :supports_streaming, 5, type: :bool, json_name: "supportsStreaming"
  field :required_variables, 6, repeated: true, type: :string, json_name: "requiredVariables"
end

defmodule Snakepit.Bridge.ParameterSpec do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :name, 1, type: :string
  field :type, 2, type: :string
  field :description, 3, type: :string
  field :required, 4, type: :bool
  field :default_value, 5, type: Google.Protobuf.Any, json_name: "defaultValue"
  field :validation_json, 6, type: :string, json_name: "validationJson"
end

defmodule Snakepit.Bridge.ExecuteToolRequest.ParametersEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: Google.Protobuf.Any
end

defmodule Snakepit.Bridge.ExecuteToolRequest.MetadataEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: :string
end

defmodule Snakepit.Bridge.ExecuteToolRequest.BinaryParametersEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: :bytes
end

defmodule Snakepit.Bridge.ExecuteToolRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session_id, 1, type: :string, json_name: "sessionId"
  field :tool_name, 2, type: :string, json_name: "toolName"

  field :parameters, 3,
    repeated: true,
    type: Snakepit.Bridge.ExecuteToolRequest.ParametersEntry,
    map: true

  field :metadata, 4,
    repeated: true,
    type: Snakepit.Bridge.ExecuteToolRequest.MetadataEntry,
    map: true

  field :stream, 5, type: :bool

  field :binary_parameters, 6,
    repeated: true,
    type: Snakepit.Bridge.ExecuteToolRequest.BinaryParametersEntry,
    json_name: "binaryParameters",
    map: true
end

defmodule Snakepit.Bridge.ExecuteToolResponse.MetadataEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: :string
end

defmodule Snakepit.Bridge.ExecuteToolResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :success, 1, type: :bool
  field :result, 2, type: Google.Protobuf.Any
  field :error_message, 3, type: :string, json_name: "errorMessage"

  field :metadata, 4,
    repeated: true,
    type: Snakepit.Bridge.ExecuteToolResponse.MetadataEntry,
    map: true

  field :execution_time_ms, 5, type: :int64, json_name: "executionTimeMs"
  field :binary_result, 6, type: :bytes, json_name: "binaryResult"
end

defmodule Snakepit.Bridge.ToolChunk.MetadataEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: :string
end

defmodule Snakepit.Bridge.ToolChunk do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :chunk_id, 1, type: :string, json_name: "chunkId"
  field :data, 2, type: :bytes
  field :is_final, 3, type: :bool, json_name: "isFinal"
  field :metadata, 4, repeated: true, type: Snakepit.Bridge.ToolChunk.MetadataEntry, map: true
end

defmodule Snakepit.Bridge.RegisterToolsRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session_id, 1, type: :string, json_name: "sessionId"
  field :tools, 2, repeated: true, type: Snakepit.Bridge.ToolRegistration
  field :worker_id, 3, type: :string, json_name: "workerId"
end

defmodule Snakepit.Bridge.ToolRegistration.MetadataEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: :string
end

defmodule Snakepit.Bridge.ToolRegistration do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :name, 1, type: :string
  field :description, 2, type: :string
  field :parameters, 3, repeated: true, type: Snakepit.Bridge.ParameterSpec

  field :metadata, 4,
    repeated: true,
    type: Snakepit.Bridge.ToolRegistration.MetadataEntry,
    map: true

  field :supports_streaming, 5, type: :bool, json_name: "supportsStreaming"
end

defmodule Snakepit.Bridge.RegisterToolsResponse.ToolIdsEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: :string
end

defmodule Snakepit.Bridge.RegisterToolsResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :success, 1, type: :bool

  field :tool_ids, 2,
    repeated: true,
    type: Snakepit.Bridge.RegisterToolsResponse.ToolIdsEntry,
    json_name: "toolIds",
    map: true

  field :error_message, 3, type: :string, json_name: "errorMessage"
end

defmodule Snakepit.Bridge.GetExposedElixirToolsRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session_id, 1, type: :string, json_name: "sessionId"
end

defmodule Snakepit.Bridge.GetExposedElixirToolsResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :tools, 1, repeated: true, type: Snakepit.Bridge.ToolSpec
end

defmodule Snakepit.Bridge.ExecuteElixirToolRequest.ParametersEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: Google.Protobuf.Any
end

defmodule Snakepit.Bridge.ExecuteElixirToolRequest.MetadataEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: :string
end

defmodule Snakepit.Bridge.ExecuteElixirToolRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session_id, 1, type: :string, json_name: "sessionId"
  field :tool_name, 2, type: :string, json_name: "toolName"

  field :parameters, 3,
    repeated: true,
    type: Snakepit.Bridge.ExecuteElixirToolRequest.ParametersEntry,
    map: true

  field :metadata, 4,
    repeated: true,
    type: Snakepit.Bridge.ExecuteElixirToolRequest.MetadataEntry,
    map: true
end

defmodule Snakepit.Bridge.ExecuteElixirToolResponse.MetadataEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: :string
end

defmodule Snakepit.Bridge.ExecuteElixirToolResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :success, 1, type: :bool
  field :result, 2, type: Google.Protobuf.Any
  field :error_message, 3, type: :string, json_name: "errorMessage"

  field :metadata, 4,
    repeated: true,
    type: Snakepit.Bridge.ExecuteElixirToolResponse.MetadataEntry,
    map: true

  field :execution_time_ms, 5, type: :int64, json_name: "executionTimeMs"
  field :binary_result, 6, type: :bytes, json_name: "binaryResult"
end

defmodule Snakepit.Bridge.TelemetryEvent.MeasurementsEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: Snakepit.Bridge.TelemetryValue
end

defmodule Snakepit.Bridge.TelemetryEvent.MetadataEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: :string
end

defmodule Snakepit.Bridge.TelemetryEvent do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :event_parts, 1, repeated: true, type: :string, json_name: "eventParts"

  field :measurements, 2,
    repeated: true,
    type: Snakepit.Bridge.TelemetryEvent.MeasurementsEntry,
    map: true

  field :metadata, 3,
    repeated: true,
    type: Snakepit.Bridge.TelemetryEvent.MetadataEntry,
    map: true

  field :timestamp_ns, 4, type: :int64, json_name: "timestampNs"
  field :correlation_id, 5, type: :string, json_name: "correlationId"
end

defmodule Snakepit.Bridge.TelemetryValue do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  oneof :value, 0

  field :int_value, 1, type: :int64, json_name: "intValue", oneof: 0
  field :float_value, 2, type: :double, json_name: "floatValue", oneof: 0
  field :string_value, 3, type: :string, json_name: "stringValue", oneof: 0
end

defmodule Snakepit.Bridge.TelemetryControl do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  oneof :control, 0

  field :toggle, 1, type: Snakepit.Bridge.TelemetryToggle, oneof: 0
  field :sampling, 2, type: Snakepit.Bridge.TelemetrySamplingUpdate, oneof: 0
  field :filter, 3, type: Snakepit.Bridge.TelemetryEventFilter, oneof: 0
end

defmodule Snakepit.Bridge.TelemetryToggle do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :enabled, 1, type: :bool
end

defmodule Snakepit.Bridge.TelemetrySamplingUpdate do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :sampling_rate, 1, type: :double, json_name: "samplingRate"
  field :event_patterns, 2, repeated: true, type: :string, json_name: "eventPatterns"
end

defmodule Snakepit.Bridge.TelemetryEventFilter do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :allow, 1, repeated: true, type: :string
  field :deny, 2, repeated: true, type: :string
end

defmodule Snakepit.Bridge.BridgeService.Service do
  @moduledoc false

  use GRPC.Service, name: "snakepit.bridge.BridgeService", protoc_gen_elixir_version: "0.15.0"

  rpc :Ping, Snakepit.Bridge.PingRequest, Snakepit.Bridge.PingResponse

  rpc :InitializeSession,
      Snakepit.Bridge.InitializeSessionRequest,
      Snakepit.Bridge.InitializeSessionResponse

  rpc :CleanupSession,
      Snakepit.Bridge.CleanupSessionRequest,
      Snakepit.Bridge.CleanupSessionResponse

  rpc :GetSession, Snakepit.Bridge.GetSessionRequest, Snakepit.Bridge.GetSessionResponse

  rpc :Heartbeat, Snakepit.Bridge.HeartbeatRequest, Snakepit.Bridge.HeartbeatResponse

  rpc :GetVariable, Snakepit.Bridge.GetVariableRequest, Snakepit.Bridge.GetVariableResponse

  rpc :SetVariable, Snakepit.Bridge.SetVariableRequest, Snakepit.Bridge.SetVariableResponse

  rpc :GetVariables,
      Snakepit.Bridge.BatchGetVariablesRequest,
      Snakepit.Bridge.BatchGetVariablesResponse

  rpc :SetVariables,
      Snakepit.Bridge.BatchSetVariablesRequest,
      Snakepit.Bridge.BatchSetVariablesResponse

  rpc :RegisterVariable,
      Snakepit.Bridge.RegisterVariableRequest,
      Snakepit.Bridge.RegisterVariableResponse

  rpc :ListVariables, Snakepit.Bridge.ListVariablesRequest, Snakepit.Bridge.ListVariablesResponse

  rpc :DeleteVariable,
      Snakepit.Bridge.DeleteVariableRequest,
      Snakepit.Bridge.DeleteVariableResponse

  rpc :ExecuteTool, Snakepit.Bridge.ExecuteToolRequest, Snakepit.Bridge.ExecuteToolResponse

  rpc :ExecuteStreamingTool, Snakepit.Bridge.ExecuteToolRequest, stream(Snakepit.Bridge.ToolChunk)

  rpc :RegisterTools, Snakepit.Bridge.RegisterToolsRequest, Snakepit.Bridge.RegisterToolsResponse

  rpc :GetExposedElixirTools,
      Snakepit.Bridge.GetExposedElixirToolsRequest,
      Snakepit.Bridge.GetExposedElixirToolsResponse

  rpc :ExecuteElixirTool,
      Snakepit.Bridge.ExecuteElixirToolRequest,
      Snakepit.Bridge.ExecuteElixirToolResponse

  rpc :WatchVariables,
      Snakepit.Bridge.WatchVariablesRequest,
      stream(Snakepit.Bridge.VariableUpdate)

  rpc :AddDependency, Snakepit.Bridge.AddDependencyRequest, Snakepit.Bridge.AddDependencyResponse

  rpc :StartOptimization,
      Snakepit.Bridge.StartOptimizationRequest,
      Snakepit.Bridge.StartOptimizationResponse

  rpc :StopOptimization,
      Snakepit.Bridge.StopOptimizationRequest,
      Snakepit.Bridge.StopOptimizationResponse

  rpc :GetVariableHistory,
      Snakepit.Bridge.GetVariableHistoryRequest,
      Snakepit.Bridge.GetVariableHistoryResponse

  rpc :RollbackVariable,
      Snakepit.Bridge.RollbackVariableRequest,
      Snakepit.Bridge.RollbackVariableResponse

  rpc :StreamTelemetry,
      stream(Snakepit.Bridge.TelemetryControl),
      stream(Snakepit.Bridge.TelemetryEvent)
end

defmodule Snakepit.Bridge.BridgeService.Stub do
  @moduledoc false

  use GRPC.Stub, service: Snakepit.Bridge.BridgeService.Service
end
