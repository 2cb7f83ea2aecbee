# elixir watch.exs: the same by the packages grpc and protobuf, which it fetches from hex.
Mix.install([
  {:snakepit_sidecar, path: Path.expand("../../clients/elixir", __DIR__)},
  {:grpc, "~> 0.9.0"},
  {:protobuf, "~> 0.15.0"}
])

for name <- ~w(bridge sessions tools) do
  Code.require_file("../../clients/elixir/stubs/snakepit_#{name}.pb.ex", __DIR__)
end

Code.eval_file("calls.exs", __DIR__)
