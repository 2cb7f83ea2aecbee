defmodule Snakepit.Test.CommandLine do
  @moduledoc "The command line of the snakepit that the tests run, as a client of a sidecar."

  @doc "What it prints; raises with its complaint where it fails."
  def run(address, arguments) do
    {:ok, [program | first]} = Snakepit.Sidecar.command()
    options = [stderr_to_stdout: true, env: [{"SNAKEPIT_SERVER", address}]]

    case System.cmd(program, first ++ arguments, options) do
      {output, 0} -> String.trim(output)
      {output, status} -> raise "snakepit #{Enum.join(arguments, " ")}: status #{status}: #{output}"
    end
  end
end
