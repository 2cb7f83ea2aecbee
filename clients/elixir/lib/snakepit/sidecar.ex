defmodule Snakepit.Sidecar do
  @moduledoc """
  A snakepit server beside this node: started, kept running, and ended with its supervisor.

      children = [
        {Snakepit.Sidecar, data: "/var/lib/my_app/snakepit"},
        MyApp.Sessions
      ]

  and in `MyApp.Sessions`, where the address is needed:

      {:ok, address} = Snakepit.Sidecar.address()

  ## Options

    * `:command` - path of `snakepit` or `snakepit.dll`, or a name on the PATH. Without it: what SNAKEPIT_BIN names, else
      `snakepit` on the PATH, else the build of the source tree around this package or the working directory
    * `:data` - folder that keeps the sessions; made if need be
    * `:memory` - true: sessions end with the sidecar. With neither, `snakepit serve` decides: SNAKEPIT_DATA, a file of
      settings, `~/.local/share/snakepit`
    * `:port` - where it listens; 0, the default, is any free port
    * `:tls` - `[cert: path, key: path]`: it serves by TLS; with `client_ca: path`, only who has a certificate of that
      authority. `Snakepit.Tls` has what its clients need
    * `:args` - further arguments of `snakepit serve`, a list of strings
    * `:env` - environment variables on top of this node's, name => value; nil takes one away
    * `:ready_timeout` - milliseconds a launch may take until it serves (60,000); then it is ended, and launched again
    * `:stop_timeout` - milliseconds between SIGTERM and SIGKILL (15,000)
    * `:backoff` - `{least, most}` milliseconds of the pause before a launch (`{200, 30_000}`): doubled with each end that
      follows on less than 10 s of service
    * `:on_ready` - function of the address, called in a process of its own whenever a launch serves
    * `:name` - what it is registered as (`Snakepit.Sidecar`); nil = not at all

  ## The port

  The port that port 0 came to is asked for again by every later launch, so that clients which hold the address find the
  sidecar there after a restart. Only where another program holds it, and five launches in a row have failed, is any
  free one taken again; `address/2` and `:on_ready` then tell another address. The memory is this process's: where that
  itself is started anew, so is the choice.
  """

  alias Snakepit.Sidecar.{Options, Server}

  @type option ::
          {:command, Path.t()}
          | {:data, Path.t()}
          | {:memory, boolean()}
          | {:port, :inet.port_number()}
          | {:tls, [cert: Path.t(), key: Path.t(), client_ca: Path.t()] | nil}
          | {:args, [String.t()]}
          | {:env, Enumerable.t()}
          | {:ready_timeout, pos_integer()}
          | {:stop_timeout, non_neg_integer()}
          | {:backoff, {pos_integer(), pos_integer()}}
          | {:on_ready, (String.t() -> any())}
          | {:name, GenServer.name() | nil}

  @typedoc """
  `os_pid` is the sidecar's own process, nil while there is none; `port` 0 until one is known; `restarts` counts launches
  after the first.
  """
  @type info :: %{
          state: :starting | :ready | :ending | :pausing,
          port: :inet.port_number(),
          os_pid: pos_integer() | nil,
          restarts: non_neg_integer()
        }

  @doc """
  Its place under a supervisor, which waits for the sidecar's end as long as that may take.
  ArgumentError names an option that is wrong.
  """
  @spec child_spec([option()]) :: Supervisor.child_spec()
  def child_spec(options) do
    checked = Options.new!(options)

    %{
      id: checked.name || __MODULE__,
      start: {__MODULE__, :start_link, [options]},
      shutdown: Options.shutdown(checked)
    }
  end

  @doc """
  Launches a sidecar, and returns before it serves. The error is a `Snakepit.Sidecar.LaunchError` where there is no such
  command; later failures are logged, and followed by another launch.
  """
  @spec start_link([option()]) :: GenServer.on_start()
  def start_link(options \\ []) do
    checked = Options.new!(options)
    GenServer.start_link(Server, checked, if(checked.name, do: [name: checked.name], else: []))
  end

  @doc """
  The port, as soon as calls are served there; after `timeout` milliseconds a `Snakepit.Sidecar.NotReadyError` that tells
  what became of the last launch.
  """
  @spec await_ready(GenServer.server(), non_neg_integer()) ::
          {:ok, :inet.port_number()} | {:error, Snakepit.Sidecar.NotReadyError.t()}
  def await_ready(sidecar \\ __MODULE__, timeout \\ 60_000) when is_integer(timeout) and timeout >= 0 do
    # The server keeps the time, since it knows the reason.
    GenServer.call(sidecar, {:await_ready, timeout}, :infinity)
  end

  @doc "HOST:PORT where calls are served; waits as `await_ready/2` does."
  @spec address(GenServer.server(), non_neg_integer()) ::
          {:ok, String.t()} | {:error, Snakepit.Sidecar.NotReadyError.t()}
  def address(sidecar \\ __MODULE__, timeout \\ 60_000) do
    with {:ok, port} <- await_ready(sidecar, timeout), do: {:ok, Options.address(port)}
  end

  @doc "As `address/2`; raises the error."
  @spec address!(GenServer.server(), non_neg_integer()) :: String.t()
  def address!(sidecar \\ __MODULE__, timeout \\ 60_000) do
    case address(sidecar, timeout) do
      {:ok, address} -> address
      {:error, error} -> raise error
    end
  end

  @doc """
  The program that runs snakepit, with its first arguments, found as the option `:command` says: for calls by its command
  line.
  """
  @spec command(Path.t() | nil) :: {:ok, [String.t(), ...]} | {:error, Snakepit.Sidecar.LaunchError.t()}
  defdelegate command(asked \\ nil), to: Snakepit.Sidecar.Command, as: :find

  @doc "What it is doing now. Does not wait."
  @spec info(GenServer.server()) :: info()
  def info(sidecar \\ __MODULE__), do: GenServer.call(sidecar, :info)
end
