defmodule Snakepit.Sidecar.OptionsTest do
  use ExUnit.Case, async: true

  alias Snakepit.Sidecar
  alias Snakepit.Sidecar.{Options, Output, Program}

  test "an option that is wrong is named" do
    for {options, words} <- [
          {[prot: 1], ":prot is not an option of a sidecar"},
          {[port: 70_000], ":port must be a port, 0 to 65535, not 70000"},
          {[data: ""], ":data must be the path of a folder"},
          {[data: "/d", memory: true], "either :data or :memory"},
          {[tls: [cert: "a"]], ":tls must be cert: and key:"},
          {[tls: [cert: "a", key: "b", name: "c"]], ":tls must be cert: and key:"},
          {[args: "--ttl"], ":args must be a list of strings"},
          {[env: [{"A=B", "c"}]], ":env must be names with values"},
          {[env: [A: "c"]], ":env must be names with values"},
          {[backoff: {2, 1}], ":backoff must be {least, most}"},
          {[ready_timeout: 0], ":ready_timeout must be milliseconds"},
          {[on_ready: fn -> :ok end], ":on_ready must be a function of one argument"},
          {:memory, "keyword list"}
        ] do
      error = assert_raise ArgumentError, fn -> Sidecar.child_spec(options) end
      assert error.message =~ words
    end
  end

  test "TLS is what the command line calls it" do
    options = Options.new!(memory: true, tls: [cert: "a", key: "b", client_ca: "c"])

    assert Options.arguments(options, 7) ==
             ~w(serve --port 7 --memory --tls-cert a --tls-key b --tls-client-ca c)
  end

  test "values of the environment are not shown" do
    refute inspect(Options.new!(env: %{"KEY" => "secret"})) =~ inspect('secret')
  end

  test "a supervisor waits longer than the sidecar's grace" do
    assert %{id: :mine, shutdown: shutdown} = Sidecar.child_spec(name: :mine, stop_timeout: 20_000)
    assert shutdown > Options.stop_within(Options.new!(stop_timeout: 20_000))
    assert %{id: Sidecar} = Sidecar.child_spec(name: nil)
  end

  test "pauses double up to the most" do
    options = Options.new!(backoff: {200, 3_000})
    assert Enum.map(1..6, &Options.pause(options, &1)) == [200, 400, 800, 1_600, 3_000, 3_000]
    assert Options.pause(options, 1_000_000) == 3_000
  end

  test "lines of the sidecar keep their level" do
    assert Output.parse("2026-11-25T23:59:16.631Z warning WorkerPool: gone", :info) == {:warning, "WorkerPool: gone"}
    assert Output.parse("2026-11-25T23:59:16.631Z info    WorkerPool: up", :info) == {:info, "WorkerPool: up"}
    assert Output.parse("    at Main()", :error) == {:error, "    at Main()"}
    assert Output.parse("snakepit: the port is in use", :info) == {:error, "snakepit: the port is in use"}

    json = ~s({"time":"2026-11-25T23:59:16.631000Z","level":"error","message":"m"})
    assert Output.parse(json, :info) == {:error, json}
  end

  test "only the first line tells the process, and only a whole line that it serves" do
    program = %Program{}
    assert {nil, %{os_pid: 12} = program} = Program.read(program, {:eol, "PROCESS:12"})
    assert {{:line, "PROCESS:13"}, ^program} = Program.read(program, {:eol, "PROCESS:13"})
    assert {{:ready, 80}, _} = Program.read(program, {:eol, "GRPC_READY:80"})

    for line <- ["GRPC_READY:80 x", "GRPC_READY:", "GRPC_READY:0", "GRPC_READY:65536", " GRPC_READY:80"] do
      assert {{:line, ^line}, _} = Program.read(program, {:eol, line})
    end
  end

  test "a line beyond all bounds is cut" do
    assert {{:line, "abc..."}, program} = Program.read(%Program{os_pid: 1}, {:noeol, "abc"})
    assert {nil, program} = Program.read(program, {:noeol, "def"})
    assert {nil, program} = Program.read(program, {:eol, "GRPC_READY:80"})
    assert {{:line, "next"}, _} = Program.read(program, {:eol, "next"})
  end
end
