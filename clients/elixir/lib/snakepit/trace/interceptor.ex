defmodule Snakepit.Trace.Interceptor do
  @moduledoc """
  Has every call of a channel carry the trace that is current in the process which makes it:

      {:ok, channel} = GRPC.Stub.connect(address, interceptors: [Snakepit.Trace.Interceptor])

  A `traceparent` that another interceptor has given, as that of OpenTelemetry, stays.
  """

  # A GRPC.Client.Interceptor, without the package: this one has no dependencies.

  @doc false
  def init(options), do: options

  @doc false
  def call(%{headers: given} = stream, request, next, _options) do
    ours = Snakepit.Trace.headers()
    # A state is its own parent's.
    ours = if Map.has_key?(given, "traceparent"), do: Map.delete(ours, "tracestate"), else: ours
    next.(%{stream | headers: Map.merge(ours, given)}, request)
  end
end
