defmodule Snakepit.Sidecar.Server do
  @moduledoc false

  # Keeps one sidecar running. Its states:
  #
  #     starting --GRPC_READY--> ready --end--> pausing --pause--> starting
  #     starting --end--> pausing        starting --too long--> ending --end--> pausing
  #
  # `program` is nil exactly in `pausing`; `timer` runs in `starting` (ready_timeout) and `pausing` (the pause).

  use GenServer

  require Logger

  alias Snakepit.Sidecar.{Command, NotReadyError, Options, Output, Ports, Program}

  # Milliseconds of service after which an end is not one in a row.
  @steady 10_000
  # Ends in a row after which a port that another program holds is given up.
  @patience 5

  defstruct [
    :options,
    :program,
    :timer,
    :ready_at,
    :reason,
    :last_line,
    state: :pausing,
    port: 0,
    level: :info,
    failures: 0,
    launches: 0,
    waiters: %{}
  ]

  @impl true
  def init(options) do
    # So that terminate/2 runs when the supervisor says so.
    Process.flag(:trap_exit, true)

    case launch(%__MODULE__{options: options, port: options.port}) do
      {:ok, server} -> {:ok, server}
      {:error, error} -> {:stop, error}
    end
  end

  @impl true
  def handle_call({:await_ready, _}, _, %{state: :ready} = server), do: {:reply, {:ok, server.port}, server}

  def handle_call({:await_ready, timeout}, from, server) do
    timer = :erlang.start_timer(timeout, self(), {:waited, timeout})
    {:noreply, %{server | waiters: Map.put(server.waiters, timer, from)}}
  end

  def handle_call(:info, _, server) do
    info = %{
      state: server.state,
      port: server.port,
      os_pid: server.program && server.program.os_pid,
      restarts: max(server.launches - 1, 0)
    }

    {:reply, info, server}
  end

  @impl true
  def handle_info({port, {:data, piece}}, %{program: %{port: port}} = server) do
    {said, program} = Program.read(server.program, piece)
    {:noreply, heard(said, %{server | program: program})}
  end

  def handle_info({port, {:exit_status, status}}, %{program: %{port: port}} = server) do
    {:noreply, ended(server, "it ended with #{status(status)}")}
  end

  # The port without its program's status: the operating system took it away.
  def handle_info({:EXIT, port, reason}, %{program: %{port: port}} = server) do
    {:noreply, ended(server, "its port was closed: #{inspect(reason)}")}
  end

  def handle_info({:timeout, timer, :ready}, %{timer: timer} = server) do
    reason = "it did not serve within #{server.options.ready_timeout} ms"
    Logger.error("the sidecar is ended: #{reason}", sidecar: server.options.name)
    Program.stop(server.program)
    {:noreply, %{server | state: :ending, timer: nil, reason: reason}}
  end

  def handle_info({:timeout, timer, :pause}, %{timer: timer} = server) do
    server = reconsider_port(%{server | timer: nil})

    case launch(server) do
      {:ok, server} -> {:noreply, server}
      {:error, error} -> {:noreply, ended(server, Exception.message(error))}
    end
  end

  def handle_info({:timeout, timer, {:waited, timeout}}, server) do
    {from, waiters} = Map.pop(server.waiters, timer)
    if from, do: GenServer.reply(from, {:error, not_ready(server, timeout)})
    {:noreply, %{server | waiters: waiters}}
  end

  # Timers that were too late to be stopped, and what is left of ports of before.
  def handle_info(_, server), do: {:noreply, server}

  @impl true
  def terminate(_, %{program: nil}), do: :ok

  def terminate(_, server) do
    Program.stop(server.program)
    deadline = :erlang.start_timer(Options.stop_within(server.options), self(), :stopped)
    await_end(server, deadline)
  end

  defp await_end(%{program: %{port: port}} = server, deadline) do
    receive do
      {^port, {:data, piece}} ->
        {said, program} = Program.read(server.program, piece)
        await_end(log(said, %{server | program: program}), deadline)

      {^port, {:exit_status, _}} ->
        :ok

      {:EXIT, ^port, _} ->
        :ok

      {:timeout, ^deadline, :stopped} ->
        Logger.error("the sidecar has not ended, though it was killed", sidecar: server.options.name)
        Program.abandon(server.program)
    end
  end

  defp launch(server) do
    with {:ok, command} <- Command.find(server.options.command),
         {:ok, program} <- Program.launch(command ++ Options.arguments(server.options, server.port), server.options) do
      timer = :erlang.start_timer(server.options.ready_timeout, self(), :ready)

      {:ok,
       %{
         server
         | state: :starting,
           program: program,
           timer: timer,
           ready_at: nil,
           last_line: nil,
           level: :info,
           launches: server.launches + 1
       }}
    end
  end

  defp heard({:ready, port}, %{state: :starting} = server) do
    :erlang.cancel_timer(server.timer)
    Logger.info("the sidecar serves on port #{port}: process #{server.program.os_pid}", sidecar: server.options.name)
    address = Options.address(port)
    on_ready = server.options.on_ready
    # Apart, so that it may ask this process, take its time, and fail.
    if on_ready, do: Task.start(fn -> on_ready.(address) end)

    for {timer, from} <- server.waiters do
      :erlang.cancel_timer(timer)
      GenServer.reply(from, {:ok, port})
    end

    %{server | state: :ready, timer: nil, port: port, ready_at: now(), reason: nil, waiters: %{}}
  end

  defp heard(said, server), do: log(said, server)

  defp log({:line, line}, server) do
    level = Output.log(line, server.level, server.options.name)
    %{server | level: level, last_line: Output.printable(line)}
  end

  # That it serves, told by one that is being ended.
  defp log(_, server), do: server

  # Every end comes by here: of a launch, or of the attempt at one.
  defp ended(server, reason) do
    if server.timer, do: :erlang.cancel_timer(server.timer)
    steady? = server.ready_at != nil and now() - server.ready_at >= @steady
    failures = if steady?, do: 1, else: server.failures + 1
    pause = Options.pause(server.options, failures)
    # Why it was made to end says more than how it did.
    reason = if server.state == :ending, do: server.reason, else: reason
    reason = if server.last_line && server.state == :starting, do: "#{reason} (#{server.last_line})", else: reason
    Logger.warning("the sidecar is launched again in #{pause} ms: #{reason}", sidecar: server.options.name)

    %{
      server
      | state: :pausing,
        program: nil,
        ready_at: nil,
        last_line: nil,
        reason: reason,
        failures: failures,
        timer: :erlang.start_timer(pause, self(), :pause)
    }
  end

  defp reconsider_port(%{options: %{port: 0}, port: port, failures: failures} = server)
       when port != 0 and failures >= @patience do
    if Ports.taken?(port) do
      Logger.warning("port #{port} is another program's now: the sidecar gets a new one", sidecar: server.options.name)
      %{server | port: 0}
    else
      server
    end
  end

  defp reconsider_port(server), do: server

  defp not_ready(server, timeout) do
    known =
      case {server.state, server.reason} do
        {:starting, nil} -> "it has not said yet that it serves"
        {:starting, reason} -> "it was launched again: #{reason}"
        {_, reason} -> reason
      end

    %NotReadyError{message: "the sidecar was not ready within #{timeout} ms: #{known}"}
  end

  # As shells tell of a signal.
  defp status(status) when status > 128, do: "signal #{status - 128}"
  defp status(status), do: "status #{status}"

  defp now, do: System.monotonic_time(:millisecond)
end
