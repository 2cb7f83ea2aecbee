defmodule Tuning.Application do
  @moduledoc "An application with a sidecar of its own, which starts before whatever uses it and ends after it."

  use Application

  @impl true
  def start(_type, _arguments) do
    children = [
      {Snakepit.Sidecar, data: System.get_env("TUNING_DATA", "data"), args: ["--ttl", "1d"]},
      Tuning.Settings
    ]

    # The address stays the same when the sidecar is launched again, so nobody else need be started anew.
    Supervisor.start_link(children, strategy: :one_for_one, name: Tuning.Supervisor)
  end
end
