defmodule Snakepit.Trace do
  @moduledoc """
  Whose calls they are: the W3C trace and the correlation id that calls carry, from a tool's caller through the tool.

      {:ok, channel} = GRPC.Stub.connect(address, interceptors: [Snakepit.Trace.Interceptor])

      Snakepit.Trace.with_trace([correlation_id: "job-7"], fn -> Stub.execute_tool(channel, request) end)

  What is current is the process's own; `carried/1` takes it to another. A tool is run in the trace of its call, which is
  in the request where a host is attached (`of_metadata/1`), and in the headers where a server listens (`of_headers/1`):

      call.request.metadata |> Snakepit.Trace.of_metadata() |> Snakepit.Trace.with_trace(fn -> run(call.request) end)
  """

  @typedoc "What calls carry of their cause; nil is not sent. A `tracestate` is its `traceparent`'s."
  @type t :: %__MODULE__{
          traceparent: String.t() | nil,
          tracestate: String.t() | nil,
          correlation_id: String.t() | nil
        }

  @type field :: {:traceparent, String.t()} | {:tracestate, String.t()} | {:correlation_id, String.t()}

  defstruct [:traceparent, :tracestate, :correlation_id]

  @fields [:traceparent, :tracestate, :correlation_id]
  @correlation_header "x-snakepit-correlation-id"

  # As the server has it. Of a state, W3C has 512 passed on at the least; a call's headers must not exceed a server's limits.
  @longest_correlation_id 256
  @longest_state 4_096

  @doc """
  Runs the function in a trace, which is gone when it returns, raises or throws; what it returns.

  Of a keyword list, what is not given is as around the call; only a `:traceparent` never goes with the `:tracestate` of
  another. A `t:t/0` takes the place of all. ArgumentError names what no header can carry, or W3C's Trace Context does not
  know.
  """
  @spec with_trace(t() | [field()], (() -> result)) :: result when result: any()
  def with_trace(trace, fun) when is_function(fun, 0) do
    trace = checked!(trace)
    before = Process.put(__MODULE__, trace)

    try do
      fun.()
    after
      if before, do: Process.put(__MODULE__, before), else: Process.delete(__MODULE__)
    end
  end

  @doc "What calls made here carry; within a tool, what its caller's did: for log lines, say."
  @spec current() :: t()
  def current, do: Process.get(__MODULE__, %__MODULE__{})

  @doc "The headers of a call, for `metadata:` of a stub's functions, where the channel has no `Snakepit.Trace.Interceptor`."
  @spec headers(t()) :: %{String.t() => String.t()}
  def headers(trace \\ current()) do
    for {name, value} <- [
          {"traceparent", trace.traceparent},
          {"tracestate", trace.tracestate},
          {@correlation_header, trace.correlation_id}
        ],
        value != nil,
        into: %{},
        do: {name, value}
  end

  @doc """
  The function, to be called in any process as if in this one, as to the trace:
  `Task.async(Snakepit.Trace.carried(fn -> ... end))`. It has no argument, or one, as for `Task.async_stream/3`.
  """
  @spec carried((() -> any())) :: (() -> any())
  @spec carried((any() -> any())) :: (any() -> any())
  def carried(fun) when is_function(fun, 0) do
    trace = current()
    fn -> with_trace(trace, fun) end
  end

  def carried(fun) when is_function(fun, 1) do
    trace = current()
    fn argument -> with_trace(trace, fn -> fun.(argument) end) end
  end

  @doc """
  The elements of a stream, each of which is made in the trace, and its end too: for tools that stream, whose work is done
  when a chunk is asked for. Between the steps the process has its own.
  """
  @spec stream(Enumerable.t(), t()) :: Enumerable.t()
  def stream(enumerable, %__MODULE__{} = trace) do
    next = &Enumerable.reduce(enumerable, &1, fn element, _ -> {:suspend, element} end)
    &steps(fn command -> with_trace(trace, fn -> next.(command) end) end, &1, &2, trace)
  end

  @doc "What the headers of a call say, as `GRPC.Stream.get_headers/1` has them; what of it is not valid says nothing."
  @spec of_headers(Enumerable.t()) :: t()
  def of_headers(headers) do
    given = Map.new(headers)
    received(given["traceparent"], given["tracestate"], given[@correlation_header])
  end

  @doc "The same of the metadata of an `ExecuteToolRequest`, which is where attached hosts find it."
  @spec of_metadata(%{optional(String.t()) => String.t()}) :: t()
  def of_metadata(metadata), do: received(metadata["traceparent"], metadata["tracestate"], metadata["correlation_id"])

  # As Enumerable.reduce/3: one step of the stream, in its trace, for each that is asked for.
  defp steps(next, {:suspend, reached}, fun, trace), do: {:suspended, reached, &steps(next, &1, fun, trace)}

  defp steps(next, {:halt, reached}, _, _) do
    next.({:halt, nil})
    {:halted, reached}
  end

  defp steps(next, {:cont, reached}, fun, trace) do
    case next.({:cont, nil}) do
      {:suspended, element, rest} ->
        rest = fn command -> with_trace(trace, fn -> rest.(command) end) end
        steps(rest, taken(fun, element, reached, rest), fun, trace)

      {_, _} ->
        {:done, reached}
    end
  end

  # Who cannot take an element has the stream closed too. One that fails itself has closed itself.
  defp taken(fun, element, reached, rest) do
    fun.(element, reached)
  catch
    kind, reason ->
      rest.({:halt, nil})
      :erlang.raise(kind, reason, __STACKTRACE__)
  end

  defp received(parent, state, correlation_id) do
    parent = valid(:traceparent, parent)

    %__MODULE__{
      traceparent: parent,
      tracestate: parent && valid(:tracestate, state),
      correlation_id: valid(:correlation_id, correlation_id)
    }
  end

  defp valid(field, value), do: if(mistake(field, value), do: nil, else: value)

  defp checked!(%__MODULE__{} = trace), do: check!(trace)

  defp checked!(fields) do
    unless Keyword.keyword?(fields) do
      raise ArgumentError, "a trace is a keyword list or a %Snakepit.Trace{}, not #{inspect(fields)}"
    end

    with [unknown | _] <- Keyword.keys(fields) -- @fields do
      raise ArgumentError,
            "#{inspect(unknown)} is not part of a trace; these are: #{Enum.map_join(@fields, ", ", &inspect/1)}"
    end

    given = for {_, value} = field <- fields, value != nil, do: field
    around = if given[:traceparent], do: %{current() | tracestate: nil}, else: current()
    around |> struct!(given) |> check!()
  end

  defp check!(trace) do
    for field <- @fields, value = Map.fetch!(trace, field), message = mistake(field, value) do
      raise ArgumentError, "#{inspect(field)} must be #{message}, not #{inspect(value)}"
    end

    if trace.tracestate && !trace.traceparent do
      raise ArgumentError, ":tracestate is a traceparent's, and there is none: #{inspect(trace.tracestate)}"
    end

    trace
  end

  # What a value has to be, where it is not.
  defp mistake(_, nil), do: nil

  # https://www.w3.org/TR/trace-context/#traceparent-header; versions to come may say more.
  defp mistake(:traceparent, value) do
    known = ~r/\A(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-[!-~]{0,200})?\z/

    unless is_binary(value) and value =~ known and not (String.starts_with?(value, "00") and byte_size(value) > 55) do
      "as W3C's Trace Context has it, VERSION-TRACE-PARENT-FLAGS in lower hexadecimal digits"
    end
  end

  defp mistake(:tracestate, value), do: line(value, @longest_state)
  defp mistake(:correlation_id, value), do: line(value, @longest_correlation_id)

  defp line(value, longest) do
    unless is_binary(value) and byte_size(value) in 1..longest and value =~ ~r/\A[ -~]+\z/ do
      "printable ASCII of at most #{longest} characters"
    end
  end
end
