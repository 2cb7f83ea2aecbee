defmodule Snakepit.Sidecar.Command do
  @moduledoc false

  alias Snakepit.Sidecar.LaunchError

  @build "Sidecar/bin/Release/net10.0/snakepit.dll"
  @here __DIR__

  @doc "The program that runs snakepit and its first arguments, absolute; `asked` is the option `:command`."
  def find(asked) do
    cond do
      asked ->
        named(asked, ":command")

      from_environment() ->
        named(from_environment(), "SNAKEPIT_BIN")

      installed = System.find_executable("snakepit") ->
        {:ok, [installed]}

      built = built([@here, File.cwd!()]) ->
        program(built)

      true ->
        error(
          "no snakepit was found: neither :command nor SNAKEPIT_BIN is set, none is on the PATH, " <>
            "and no #{@build} is in #{@here} or #{File.cwd!()}, nor in a folder above these"
        )
    end
  end

  defp from_environment do
    # An empty variable is as good as none.
    with "" <- System.get_env("SNAKEPIT_BIN", ""), do: nil
  end

  defp named(command, source) do
    path = Path.expand(command)
    installed = if Path.basename(command) == command, do: System.find_executable(command)

    cond do
      File.regular?(path) -> program(path)
      installed -> {:ok, [installed]}
      true -> error("there is no #{command}, which #{source} names")
    end
  end

  defp built(folders) do
    folders
    |> Stream.flat_map(&parents/1)
    |> Stream.map(&Path.join(&1, @build))
    |> Enum.find(&File.regular?/1)
  end

  # The folder itself and every one above it.
  defp parents(folder) do
    parts = Path.split(folder)
    for count <- length(parts)..1//-1, do: parts |> Enum.take(count) |> Path.join()
  end

  defp program(path) do
    if Path.extname(path) == ".dll" do
      case System.find_executable("dotnet") do
        nil -> error("dotnet is not on the PATH, and #{path} needs it")
        dotnet -> {:ok, [dotnet, path]}
      end
    else
      executable(path)
    end
  end

  defp executable(path) do
    # Given an absolute path, this looks for nothing: it tells whether that may be run.
    case System.find_executable(path) do
      nil -> error("#{path} is not executable")
      program -> {:ok, [program]}
    end
  end

  defp error(message), do: {:error, %LaunchError{message: message}}
end
