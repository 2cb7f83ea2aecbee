defmodule Snakepit.Sidecar.BeamTest do
  use ExUnit.Case, async: true

  import Snakepit.Test.Processes

  @program ~S"""
  {:ok, _} = Snakepit.Sidecar.start_link(memory: true)
  {:ok, _} = Snakepit.Sidecar.address()
  IO.puts("PIDS #{System.pid()} #{Snakepit.Sidecar.info().os_pid}")
  Process.sleep(:infinity)
  """

  # A node of its own with a sidecar: {port, pid of the node, pid of the sidecar}.
  defp node_with_sidecar do
    port =
      Port.open({:spawn_executable, System.find_executable("elixir")}, [
        :binary,
        :exit_status,
        {:line, 1_000},
        {:args, ["-pa", to_string(:code.lib_dir(:snakepit_sidecar, :ebin)), "-e", @program]}
      ])

    {beam, sidecar} = pids(port)
    on_exit(fn -> System.cmd("kill", ["-KILL", beam], stderr_to_stdout: true) end)
    {port, beam, sidecar}
  end

  defp pids(port) do
    receive do
      {^port, {:data, {:eol, "PIDS " <> pids}}} -> pids |> String.split() |> List.to_tuple()
      {^port, {:data, _}} -> pids(port)
      {^port, {:exit_status, status}} -> flunk("the node ended with status #{status}")
    after
      60_000 -> flunk("the node has no sidecar after a minute")
    end
  end

  test "a node killed by SIGKILL leaves no sidecar and no guard behind" do
    {_, beam, sidecar} = node_with_sidecar()
    guard = parent(sidecar)
    kill(beam)
    assert ended?(sidecar)
    assert ended?(guard)
  end

  test "a node that halts leaves no sidecar behind" do
    {_, beam, sidecar} = node_with_sidecar()
    kill(beam, "TERM")
    assert ended?(beam)
    assert ended?(sidecar)
  end
end
