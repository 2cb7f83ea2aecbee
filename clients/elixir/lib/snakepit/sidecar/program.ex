defmodule Snakepit.Sidecar.Program do
  @moduledoc false

  # One launch of the sidecar: a port on the guard, which runs the sidecar and ends it with the port (priv/guard.sh).

  # Bytes of a line that are kept; the rest of it is dropped.
  @line 16_384

  defstruct [:port, :os_pid, cut?: false]

  @doc "Launches a program, given by its path and arguments."
  def launch(command, options) do
    guard = Application.app_dir(:snakepit_sidecar, "priv/guard.sh")
    grace = Integer.to_string(div(options.stop_timeout + 99, 100))

    port =
      Port.open({:spawn_executable, "/bin/sh"}, [
        :binary,
        :exit_status,
        {:line, @line},
        {:env, options.env},
        {:args, [guard, grace | command]}
      ])

    {:ok, %__MODULE__{port: port}}
  rescue
    # The operating system has no process, pipe or memory to spare.
    error in ErlangError ->
      {:error, %Snakepit.Sidecar.LaunchError{message: "/bin/sh cannot be run: #{inspect(error.original)}"}}
  end

  @doc """
  What a piece of output says: its process, that it serves, a line for the log, or nothing (more of a line that was cut).
  """
  def read(program, {:noeol, _}) when program.cut?, do: {nil, program}
  def read(program, {:eol, _}) when program.cut?, do: {nil, %{program | cut?: false}}
  def read(program, {:noeol, text}), do: {{:line, text <> "..."}, %{program | cut?: true}}

  # The guard's line comes first; later ones are the program's own.
  def read(%{os_pid: nil} = program, {:eol, "PROCESS:" <> digits}) do
    {nil, %{program | os_pid: String.to_integer(digits)}}
  end

  def read(program, {:eol, "GRPC_READY:" <> digits = line}) do
    case Integer.parse(digits) do
      {port, ""} when port in 1..65_535 -> {{:ready, port}, program}
      _ -> {{:line, line}, program}
    end
  end

  def read(program, {:eol, line}), do: {{:line, line}, program}

  @doc "Asks it to end: the owner gets its exit status within the grace. Once more changes nothing."
  def stop(program) do
    Port.command(program.port, "stop\n")
    :ok
  rescue
    # It has ended already, and the owner has yet to hear of it.
    ArgumentError -> :ok
  end

  @doc "Lets go of it without waiting. The guard sees to its end."
  def abandon(program) do
    Port.close(program.port)
    :ok
  rescue
    ArgumentError -> :ok
  end
end
