defmodule Tuning.Settings do
  @moduledoc """
  The variables of the session `tuning`. It calls by snakepit's command line, which needs no package; a program of more than
  a few calls takes stubs and the package grpc (watch.exs).
  """

  use GenServer

  # The exit status of a call that no server has answered.
  @no_answer 3

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)

  @doc "A variable, as JSON."
  def get(name), do: GenServer.call(__MODULE__, {:snakepit, ["get", "tuning", name, "--json"]}, 60_000)

  @doc "Sets a variable to a value given as JSON. The error has the server's words."
  def set(name, json), do: GenServer.call(__MODULE__, {:snakepit, ["set", "tuning", name, json]}, 60_000)

  @impl true
  def init(nil), do: {:ok, nil, {:continue, :register}}

  @impl true
  def handle_continue(:register, nil) do
    # Where it is registered already, it stays as it is: so this may run at every start.
    {:ok, _} = snakepit(~w(register tuning temperature float 0.7 --constraints {"min":0,"max":2}))
    {:noreply, nil}
  end

  @impl true
  def handle_call({:snakepit, arguments}, _, nil), do: {:reply, snakepit(arguments), nil}

  # A sidecar that dies is missed a moment later: reads that fell into that moment are made again.
  defp snakepit([command | _] = arguments, attempts \\ 5) do
    # Waits until the sidecar serves, at the start and after a restart.
    environment = [{"SNAKEPIT_SERVER", Snakepit.Sidecar.address!()}]
    {:ok, [program | first]} = Snakepit.Sidecar.command()

    case System.cmd(program, first ++ arguments, env: environment, stderr_to_stdout: true) do
      {output, 0} -> {:ok, String.trim(output)}
      {_, @no_answer} when command == "get" and attempts > 1 -> snakepit(arguments, attempts - 1)
      {output, _} -> {:error, String.trim(output)}
    end
  end
end
