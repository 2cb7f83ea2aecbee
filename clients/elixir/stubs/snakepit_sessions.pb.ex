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

defmodule Snakepit.Sessions.V1.Sessions.Service do
  @moduledoc false

  use GRPC.Service, name: "snakepit.sessions.v1.Sessions", protoc_gen_elixir_version: "0.15.0"

  rpc :ListSessions,
      Snakepit.Sessions.V1.ListSessionsRequest,
      Snakepit.Sessions.V1.ListSessionsResponse

  rpc :UpdateVariable,
      Snakepit.Sessions.V1.UpdateVariableRequest,
      Snakepit.Sessions.V1.UpdateVariableResponse
end

defmodule Snakepit.Sessions.V1.Sessions.Stub do
  @moduledoc false

  use GRPC.Stub, service: Snakepit.Sessions.V1.Sessions.Service
end
