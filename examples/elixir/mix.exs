defmodule Tuning.MixProject do
  use Mix.Project

  def project do
    [app: :tuning, version: "0.1.0", elixir: "~> 1.14", deps: [{:snakepit_sidecar, path: "../../clients/elixir"}]]
  end

  def application, do: [extra_applications: [:logger], mod: {Tuning.Application, []}]
end
