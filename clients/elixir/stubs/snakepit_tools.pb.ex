defmodule Snakepit.Tools.V1.WorkerStatus.Kind do
  @moduledoc false

  use Protobuf, enum: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :ANNOUNCED, 0
  field :LAUNCHED, 1
  field :ATTACHED, 2
end

defmodule Snakepit.Tools.V1.WorkerStatus.State do
  @moduledoc false

  use Protobuf, enum: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :READY, 0
  field :STARTING, 1
  field :DOWN, 2
  field :DRAINING, 3
end

defmodule Snakepit.Tools.V1.ToolHost.Kind do
  @moduledoc false

  use Protobuf, enum: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :WORKER, 0
  field :ATTACHED, 1
end

defmodule Snakepit.Tools.V1.HostMessage do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  oneof :content, 0

  field :hello, 1, type: Snakepit.Tools.V1.Hello, oneof: 0
  field :offer, 2, type: Snakepit.Tools.V1.Offer, oneof: 0
  field :withdrawal, 3, type: Snakepit.Tools.V1.Withdrawal, oneof: 0
  field :result, 4, type: Snakepit.Tools.V1.CallResult, oneof: 0
  field :chunk, 5, type: Snakepit.Tools.V1.CallChunk, oneof: 0
  field :end, 6, type: Snakepit.Tools.V1.CallEnd, oneof: 0
end

defmodule Snakepit.Tools.V1.ServerMessage do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  oneof :content, 0

  field :welcome, 1, type: Snakepit.Tools.V1.Welcome, oneof: 0
  field :offer_answer, 2, type: Snakepit.Tools.V1.OfferAnswer, json_name: "offerAnswer", oneof: 0
  field :call, 3, type: Snakepit.Tools.V1.Call, oneof: 0
  field :cancelled, 4, type: Snakepit.Tools.V1.CallCancelled, oneof: 0
  field :more, 5, type: Snakepit.Tools.V1.MoreChunks, oneof: 0
  field :draining, 6, type: Snakepit.Tools.V1.Draining, oneof: 0
end

defmodule Snakepit.Tools.V1.Hello.MetadataEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: :string
end

defmodule Snakepit.Tools.V1.Hello do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :host_id, 1, type: :string, json_name: "hostId"
  field :metadata, 2, repeated: true, type: Snakepit.Tools.V1.Hello.MetadataEntry, map: true
  field :max_concurrent_calls, 3, type: :int32, json_name: "maxConcurrentCalls"
end

defmodule Snakepit.Tools.V1.Welcome do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :host_id, 1, type: :string, json_name: "hostId"
  field :server_time, 2, type: Google.Protobuf.Timestamp, json_name: "serverTime"
  field :max_message_bytes, 3, type: :int32, json_name: "maxMessageBytes"
end

defmodule Snakepit.Tools.V1.Offer do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :offer_id, 1, type: :int64, json_name: "offerId"
  field :session_id, 2, type: :string, json_name: "sessionId"
  field :tools, 3, repeated: true, type: Snakepit.Bridge.ToolSpec
end

defmodule Snakepit.Tools.V1.OfferAnswer.ToolIdsEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: :string
end

defmodule Snakepit.Tools.V1.OfferAnswer do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :offer_id, 1, type: :int64, json_name: "offerId"
  field :success, 2, type: :bool
  field :error_message, 3, type: :string, json_name: "errorMessage"

  field :tool_ids, 4,
    repeated: true,
    type: Snakepit.Tools.V1.OfferAnswer.ToolIdsEntry,
    json_name: "toolIds",
    map: true
end

defmodule Snakepit.Tools.V1.Withdrawal do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session_id, 1, type: :string, json_name: "sessionId"
  field :tool_names, 2, repeated: true, type: :string, json_name: "toolNames"
end

defmodule Snakepit.Tools.V1.Call do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :call_id, 1, type: :string, json_name: "callId"
  field :request, 2, type: Snakepit.Bridge.ExecuteToolRequest
  field :streaming, 3, type: :bool
  field :timeout_ms, 4, type: :int64, json_name: "timeoutMs"
  field :chunks, 5, type: :int32
end

defmodule Snakepit.Tools.V1.CallCancelled do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :call_id, 1, type: :string, json_name: "callId"
  field :reason, 2, type: :string
end

defmodule Snakepit.Tools.V1.MoreChunks do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :call_id, 1, type: :string, json_name: "callId"
  field :chunks, 2, type: :int32
end

defmodule Snakepit.Tools.V1.CallResult do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :call_id, 1, type: :string, json_name: "callId"
  field :response, 2, type: Snakepit.Bridge.ExecuteToolResponse
end

defmodule Snakepit.Tools.V1.CallChunk do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :call_id, 1, type: :string, json_name: "callId"
  field :chunk, 2, type: Snakepit.Bridge.ToolChunk
end

defmodule Snakepit.Tools.V1.CallEnd do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :call_id, 1, type: :string, json_name: "callId"
  field :code, 2, type: :int32
  field :message, 3, type: :string
end

defmodule Snakepit.Tools.V1.Draining do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3
end

defmodule Snakepit.Tools.V1.AddWorkerRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :worker_id, 1, type: :string, json_name: "workerId"
  field :address, 2, type: :string
end

defmodule Snakepit.Tools.V1.AddWorkerResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :worker_id, 1, type: :string, json_name: "workerId"
end

defmodule Snakepit.Tools.V1.RemoveWorkerRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :worker_id, 1, type: :string, json_name: "workerId"
end

defmodule Snakepit.Tools.V1.RemoveWorkerResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :removed, 1, type: :bool
end

defmodule Snakepit.Tools.V1.ListWorkersRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3
end

defmodule Snakepit.Tools.V1.ListWorkersResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :workers, 1, repeated: true, type: Snakepit.Tools.V1.WorkerStatus
end

defmodule Snakepit.Tools.V1.WorkerStatus.MetadataEntry do
  @moduledoc false

  use Protobuf, map: true, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :key, 1, type: :string
  field :value, 2, type: :string
end

defmodule Snakepit.Tools.V1.WorkerStatus do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :worker_id, 1, type: :string, json_name: "workerId"
  field :kind, 2, type: Snakepit.Tools.V1.WorkerStatus.Kind, enum: true
  field :state, 3, type: Snakepit.Tools.V1.WorkerStatus.State, enum: true
  field :address, 4, type: :string
  field :calls_in_flight, 5, type: :int32, json_name: "callsInFlight"
  field :calls, 6, type: :int64
  field :failed_calls, 7, type: :int64, json_name: "failedCalls"
  field :since, 8, type: Google.Protobuf.Timestamp
  field :process_id, 9, type: :int32, json_name: "processId"
  field :restarts, 10, type: :int32

  field :metadata, 11,
    repeated: true,
    type: Snakepit.Tools.V1.WorkerStatus.MetadataEntry,
    map: true

  field :detail, 12, type: :string
end

defmodule Snakepit.Tools.V1.ListToolsRequest do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :session_id, 1, type: :string, json_name: "sessionId"
end

defmodule Snakepit.Tools.V1.ListToolsResponse do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :tools, 1, repeated: true, type: Snakepit.Tools.V1.HostedTool
end

defmodule Snakepit.Tools.V1.HostedTool do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :spec, 1, type: Snakepit.Bridge.ToolSpec
  field :hosts, 2, repeated: true, type: Snakepit.Tools.V1.ToolHost
end

defmodule Snakepit.Tools.V1.ToolHost do
  @moduledoc false

  use Protobuf, protoc_gen_elixir_version: "0.15.0", syntax: :proto3

  field :id, 1, type: :string
  field :kind, 2, type: Snakepit.Tools.V1.ToolHost.Kind, enum: true
end

defmodule Snakepit.Tools.V1.Tools.Service do
  @moduledoc false

  use GRPC.Service, name: "snakepit.tools.v1.Tools", protoc_gen_elixir_version: "0.15.0"

  rpc :Attach, stream(Snakepit.Tools.V1.HostMessage), stream(Snakepit.Tools.V1.ServerMessage)

  rpc :AddWorker, Snakepit.Tools.V1.AddWorkerRequest, Snakepit.Tools.V1.AddWorkerResponse

  rpc :RemoveWorker, Snakepit.Tools.V1.RemoveWorkerRequest, Snakepit.Tools.V1.RemoveWorkerResponse

  rpc :ListWorkers, Snakepit.Tools.V1.ListWorkersRequest, Snakepit.Tools.V1.ListWorkersResponse

  rpc :ListTools, Snakepit.Tools.V1.ListToolsRequest, Snakepit.Tools.V1.ListToolsResponse
end

defmodule Snakepit.Tools.V1.Tools.Stub do
  @moduledoc false

  use GRPC.Stub, service: Snakepit.Tools.V1.Tools.Service
end
