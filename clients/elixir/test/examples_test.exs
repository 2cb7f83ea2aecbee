defmodule Snakepit.Sidecar.ExamplesTest do
  use ExUnit.Case, async: true

  @example Path.expand("../../../examples/elixir", __DIR__)
  @moduletag :tmp_dir

  test "the tour of examples/elixir runs to its end", %{tmp_dir: folder} do
    environment = [
      {"MIX_ENV", "dev"},
      {"MIX_BUILD_PATH", Path.join(folder, "build")},
      {"TUNING_DATA", Path.join(folder, "data")}
    ]

    {output, status} = System.cmd("mix", ["run", "tour.exs"], cd: @example, env: environment, stderr_to_stdout: true)
    assert status == 0, output
    [_, address] = Regex.run(~r/serves at (localhost:\d+)\n/, output)
    assert output =~ "temperature is at version 1, revision 2"
    assert output =~ "value 3.0 is above maximum 2"
    assert output =~ "serves at #{address}, restarts: 1"
    assert output |> String.split(~s(\\"value\\":0.9)) |> length() == 2
  end
end
