defmodule Snakepit.Sidecar.Output do
  @moduledoc """
  The sidecar's own log, line by line, in this node's. `Logger.put_module_level(Snakepit.Sidecar.Output, :warning)` lets
  less of it through; metadata `sidecar` is the name that the sidecar is registered as.
  """

  require Logger

  @text ~r/^\d{4}-\d\d-\d\dT[\d:.]+Z (trace|debug|info|warning|error) +(.*)$/s
  @json ~r/^\{"time":"[^"]*","level":"(trace|debug|info|warning|error)"/

  @doc "Logs a line, at its own level. Answers the level: that of the lines that go on with it."
  def log(line, level_before, name) do
    {level, text} = parse(line, level_before)
    Logger.log(level, fn -> printable(text) end, sidecar: name)
    level
  end

  @doc "What a line says, without time and level, which the Logger has columns for."
  def parse(line, level_before) do
    cond do
      match = Regex.run(@text, line) -> {level(Enum.at(match, 1)), Enum.at(match, 2)}
      match = Regex.run(@json, line) -> {level(Enum.at(match, 1)), line}
      # An exception's own lines, below the entry it belongs to.
      String.starts_with?(line, " ") -> {level_before, line}
      String.starts_with?(line, "snakepit: ") -> {:error, line}
      true -> {:info, line}
    end
  end

  @doc "A line as it may be logged, though it was cut within a character."
  def printable(text), do: if(String.valid?(text), do: text, else: Logger.Formatter.prune(text))

  defp level("trace"), do: :debug
  defp level(name), do: String.to_existing_atom(name)
end
