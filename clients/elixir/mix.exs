defmodule Snakepit.Sidecar.MixProject do
  use Mix.Project

  def project do
    [
      app: :snakepit_sidecar,
      version: "0.1.0",
      elixir: "~> 1.14",
      description: "Runs a snakepit server beside an Elixir node",
      elixirc_options: [warnings_as_errors: true],
      deps: []
    ]
  end

  def application do
    [extra_applications: [:logger, :public_key, :ssl]]
  end
end
