# What watch.exs does once it has its packages. Messages are looked up when it runs, as the stubs are there only then.
alias Snakepit.Bridge.BridgeService.Stub
alias Snakepit.Bridge.{RegisterVariableRequest, SetVariableRequest, WatchVariablesRequest}

{:ok, _} = Snakepit.Sidecar.start_link(memory: true)
{:ok, channel} = GRPC.Stub.connect(Snakepit.Sidecar.address!(), adapter: GRPC.Client.Adapters.Mint)

# A value: its type at the end of the url, and itself as JSON.
float = &%Google.Protobuf.Any{type_url: "type.googleapis.com/snakepit.float", value: &1}
temperature = %SetVariableRequest{session_id: "tuning", variable_identifier: "temperature"}

{:ok, _} =
  Stub.register_variable(channel, %RegisterVariableRequest{
    session_id: "tuning",
    name: "temperature",
    type: "float",
    initial_value: float.("0.7"),
    constraints_json: ~s({"min": 0, "max": 2})
  })

{:ok, set} = Stub.set_variable(channel, %{temperature | value: float.("0.9")})
IO.puts("set: version #{set.new_version}, revision #{set.revision}")
{:error, refusal} = Stub.set_variable(channel, %{temperature | value: float.("3")})
IO.puts("refused: #{refusal.message}")

# Everything after a revision, and then what comes; without a deadline, as a watch lasts.
watch = %WatchVariablesRequest{session_id: "tuning", from_revision: 0}
{:ok, updates} = Stub.watch_variables(channel, watch, timeout: :infinity)

for {:ok, update} <- Stream.take(updates, 2) do
  IO.puts("r#{update.revision} #{update.update_type}: #{update.variable.value.value}")
end
