defmodule Snakepit.TraceTest do
  use ExUnit.Case, async: true

  alias Snakepit.Trace

  @trace_id "4bf92f3577b34da6a3ce929d0e0e4736"
  @parent "00-#{@trace_id}-00f067aa0ba902b7-01"
  @state "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7"
  @bad_parents ["", "00-xyz", String.upcase(@parent), @parent <> "\n", @parent <> "-more", "ff-" <> @trace_id] ++
                 ["00-#{String.duplicate("0", 32)}-00f067aa0ba902b7-01", "zwölf", 7]
  @headers %{"traceparent" => @parent, "tracestate" => @state, "x-snakepit-correlation-id" => "job-7"}

  # A call of a stub, whose channel has the interceptor: the headers it goes with.
  defp call(given \\ %{}) do
    options = Trace.Interceptor.init([])
    Trace.Interceptor.call(%{headers: given}, :request, fn stream, :request -> stream.headers end, options)
  end

  test "calls of a block carry what is given, and others nothing" do
    assert call() == %{}

    Trace.with_trace([traceparent: @parent, tracestate: @state, correlation_id: "job-7"], fn ->
      assert call() == @headers and Trace.headers() == @headers
      assert %Trace{traceparent: @parent, correlation_id: "job-7"} = Trace.current()

      Trace.with_trace([correlation_id: "job-8"], fn ->
        assert call() == %{@headers | "x-snakepit-correlation-id" => "job-8"}
      end)

      other = String.replace(@parent, "b7-01", "b8-00")

      Trace.with_trace([traceparent: other], fn ->
        assert call() == %{"traceparent" => other, "x-snakepit-correlation-id" => "job-7"}
      end)

      Trace.with_trace(%Trace{}, fn -> assert call() == %{} end)
      assert call() == @headers
    end)

    assert call() == %{} and Trace.with_trace([correlation_id: "a"], fn -> :returned end) == :returned
  end

  test "a block that raises or throws leaves nothing behind" do
    assert_raise RuntimeError, fn -> Trace.with_trace([correlation_id: "a"], fn -> raise "mine" end) end
    assert catch_throw(Trace.with_trace([correlation_id: "a"], fn -> throw(:mine) end)) == :mine
    assert Trace.current() == %Trace{} and call() == %{}
  end

  test "a tool runs in the trace of its call, by headers and by metadata" do
    metadata = %{"traceparent" => @parent, "tracestate" => @state, "correlation_id" => "job-7", "source" => "python"}
    received = Map.merge(@headers, %{"content-type" => "application/grpc", "x-snakepit-hops" => "1"})

    for trace <- [Trace.of_metadata(metadata), Trace.of_headers(received), Trace.of_headers(Enum.to_list(received))] do
      assert Trace.with_trace(trace, &call/0) == @headers
    end
  end

  test "processes do not mix their traces, and a new one has none" do
    Trace.with_trace([correlation_id: "mine"], fn ->
      assert Task.await(Task.async(&call/0)) == %{}
      me = self()

      tasks =
        for name <- ["a", "b"] do
          Task.async(fn ->
            Trace.with_trace([correlation_id: name], fn ->
              send(me, {:in, self()})
              receive do: (:go -> Trace.current().correlation_id)
            end)
          end)
        end

      for %{pid: pid} <- tasks, do: assert_receive({:in, ^pid}, 30_000)
      for %{pid: pid} <- tasks, do: send(pid, :go)
      assert Task.await_many(tasks) == ["a", "b"] and Trace.current().correlation_id == "mine"
    end)
  end

  test "a function that is carried runs in the trace of who carried it" do
    {nothing, one} =
      Trace.with_trace([correlation_id: "mine"], fn ->
        {Trace.carried(fn -> Trace.current().correlation_id end),
         Trace.carried(fn number -> {number, Trace.current().correlation_id} end)}
      end)

    assert Task.await(Task.async(nothing)) == "mine"
    assert Task.async_stream(1..2, one) |> Enum.to_list() == [ok: {1, "mine"}, ok: {2, "mine"}]
    Trace.with_trace([correlation_id: "another"], fn -> assert one.(3) == {3, "mine"} end)
    assert Trace.current() == %Trace{}
  end

  test "each step of a stream is in its trace, whoever asks for it, and its end too" do
    me = self()
    ask = fn _ -> Trace.current().correlation_id end

    stream = fn name ->
      Stream.resource(fn -> ask.(nil) end, &{[{&1, ask.(nil)}], &1}, fn first ->
        send(me, {:closed, first, ask.(nil)})
      end)
      |> Trace.stream(%Trace{correlation_id: name})
    end

    Trace.with_trace([correlation_id: "around"], fn ->
      pairs = Stream.zip(stream.("a"), stream.("b")) |> Stream.map(&{&1, ask.(nil)})
      assert Enum.take(pairs, 2) == List.duplicate({{{"a", "a"}, {"b", "b"}}, "around"}, 2)
    end)

    for name <- ["a", "b"], do: assert_receive({:closed, ^name, ^name})

    assert [1, 2, 3] |> Stream.map(&{&1, ask.(nil)}) |> Trace.stream(%Trace{correlation_id: "c"}) |> Enum.to_list() ==
             [{1, "c"}, {2, "c"}, {3, "c"}]

    assert Trace.current() == %Trace{}
  end

  test "a stream is closed once, in its trace, whoever fails" do
    me = self()

    make = fn make ->
      Stream.resource(fn -> 0 end, make, fn _ -> send(me, {:closed, Trace.current().correlation_id}) end)
    end

    traced = fn make_one -> make_one |> make.() |> Trace.stream(%Trace{correlation_id: "mine"}) end

    for {stream, take} <- [
          {traced.(fn _ -> raise "mine" end), &Enum.to_list/1},
          {traced.(&{[&1], &1}), fn stream -> Enum.each(stream, fn _ -> raise "mine" end) end}
        ] do
      assert_raise RuntimeError, fn -> take.(stream) end
      assert_received {:closed, "mine"}
      refute_received {:closed, _}
      assert Trace.current() == %Trace{}
    end
  end

  test "a parent that another interceptor has given stays, without our state" do
    other = String.replace(@parent, "b7-01", "b8-01")

    Trace.with_trace([traceparent: @parent, tracestate: @state, correlation_id: "job-7"], fn ->
      assert call(%{"traceparent" => other}) == %{"traceparent" => other, "x-snakepit-correlation-id" => "job-7"}
      assert call(%{"x-other" => "1"}) == Map.put(@headers, "x-other", "1")
    end)
  end

  test "what cannot be sent is named" do
    for {given, words} <-
          [
            {[correlation_id: "a\nb"],
             ~S(:correlation_id must be printable ASCII of at most 256 characters, not "a\nb")},
            {[correlation_id: "zwölf"], ":correlation_id must be"},
            {[correlation_id: ""], ":correlation_id must be"},
            {[correlation_id: 7], ":correlation_id must be"},
            {[correlation_id: String.duplicate("x", 257)], ":correlation_id must be"},
            {[traceparent: @parent, tracestate: "a=\n"], ":tracestate must be"},
            {[tracestate: @state], ":tracestate is a traceparent's"},
            {%Trace{correlation_id: "a\n"}, ":correlation_id must be"},
            {[trace_id: @trace_id], ":trace_id is not part of a trace"},
            {:job, "a trace is a keyword list"}
          ] ++ for(parent <- @bad_parents, do: {[traceparent: parent], ":traceparent must be as W3C's"}) do
      error = assert_raise ArgumentError, fn -> Trace.with_trace(given, fn -> flunk("the block began") end) end
      assert error.message =~ words
    end
  end

  test "what is received and not valid is passed over" do
    for parent <- @bad_parents do
      assert Trace.of_metadata(%{"traceparent" => parent, "tracestate" => @state, "correlation_id" => "c"}) ==
               %Trace{correlation_id: "c"}
    end

    assert Trace.of_headers(%{@headers | "tracestate" => "\t", "x-snakepit-correlation-id" => "é"}) ==
             %Trace{traceparent: @parent}

    later = "01" <> String.slice(@parent, 2..-1//1) <> "-more"
    assert Trace.of_metadata(%{"traceparent" => later}) == %Trace{traceparent: later}
  end
end
