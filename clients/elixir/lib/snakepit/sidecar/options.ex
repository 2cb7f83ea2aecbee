defmodule Snakepit.Sidecar.Options do
  @moduledoc false

  # What a stop takes beyond its grace: two shells that end.
  @stop_margin 5_000

  # Values of the environment stay out of crash reports.
  @derive {Inspect, except: [:env]}
  defstruct command: nil,
            data: nil,
            memory: false,
            port: 0,
            tls: nil,
            args: [],
            env: [],
            ready_timeout: 60_000,
            stop_timeout: 15_000,
            backoff: {200, 30_000},
            on_ready: nil,
            name: Snakepit.Sidecar

  @doc "The options, checked. ArgumentError names the one that is wrong."
  def new!(options) do
    unless Keyword.keyword?(options) do
      raise ArgumentError, "the options of a sidecar are a keyword list, not #{inspect(options)}"
    end

    known = Map.keys(%__MODULE__{}) -- [:__struct__]

    with [unknown | _] <- Keyword.keys(options) -- known do
      raise ArgumentError,
            "#{inspect(unknown)} is not an option of a sidecar; these are: #{Enum.map_join(known, ", ", &inspect/1)}"
    end

    for {key, value} <- options, message = mistake(key, value) do
      raise ArgumentError, "the option #{inspect(key)} must be #{message}, not #{inspect(value)}"
    end

    checked = struct!(__MODULE__, options)

    if checked.data && checked.memory do
      raise ArgumentError, "a sidecar has either :data or :memory"
    end

    %{checked | env: environment(checked.env)}
  end

  @doc "The arguments of `snakepit`; `port` is the one to ask for."
  def arguments(options, port) do
    store =
      cond do
        options.data -> ["--data", options.data]
        options.memory -> ["--memory"]
        true -> []
      end

    ["serve", "--port", Integer.to_string(port)] ++ store ++ tls(options.tls || []) ++ options.args
  end

  @doc "Milliseconds after which a supervisor need not wait any longer."
  def shutdown(options), do: options.stop_timeout + 2 * @stop_margin

  @doc "Milliseconds from the wish to end to the process's end, at most."
  def stop_within(options), do: options.stop_timeout + @stop_margin

  @doc "The pause before the next launch, in milliseconds, after so many ends in a row."
  def pause(%{backoff: {least, most}}, failures) do
    # The exponent is bounded: an integer of a million bits is no pause.
    min(most, least * Integer.pow(2, min(failures - 1, 20)))
  end

  def address(port), do: "localhost:#{port}"

  defp mistake(:command, value), do: unless(is_nil(value) or text?(value), do: "a path")
  defp mistake(:data, value), do: unless(is_nil(value) or text?(value), do: "the path of a folder")
  defp mistake(:memory, value), do: unless(is_boolean(value), do: "true or false")
  defp mistake(:port, value), do: unless(value in 0..65_535, do: "a port, 0 to 65535")

  defp mistake(:tls, value),
    do: unless(is_nil(value) or tls?(value), do: "cert: and key:, and client_ca: if need be, paths of PEM files")

  defp mistake(:args, value),
    do: unless(is_list(value) and Enum.all?(value, &is_binary/1), do: "a list of strings")

  defp mistake(:env, value),
    do: unless(environment(value), do: "names with values, all of them strings, or nil as the value")

  defp mistake(:ready_timeout, value),
    do: unless(is_integer(value) and value > 0, do: "milliseconds, 1 or more")

  defp mistake(:stop_timeout, value),
    do: unless(is_integer(value) and value >= 0, do: "milliseconds, 0 or more")

  defp mistake(:backoff, {least, most}) when is_integer(least) and is_integer(most) and 0 < least and least <= most,
    do: nil

  defp mistake(:backoff, _), do: "{least, most} in milliseconds, 1 or more"
  defp mistake(:on_ready, value), do: unless(is_nil(value) or is_function(value, 1), do: "a function of one argument")
  defp mistake(:name, _), do: nil

  defp tls(files),
    do: Enum.flat_map(files, fn {name, path} -> ["--tls-#{String.replace(to_string(name), "_", "-")}", path] end)

  defp tls?(value) do
    Keyword.keyword?(value) and Enum.all?([:cert, :key], &Keyword.has_key?(value, &1)) and
      Enum.all?(value, fn {name, path} -> name in [:cert, :key, :client_ca] and text?(path) end)
  end

  defp text?(value), do: is_binary(value) and value != "" and not String.contains?(value, <<0>>)

  # As a port wants it; nil where it is not an environment.
  defp environment(value) do
    if (is_list(value) or is_map(value)) and Enum.all?(value, &variable?/1) do
      Enum.map(value, fn {name, value} ->
        {String.to_charlist(name), if(value, do: String.to_charlist(value), else: false)}
      end)
    end
  end

  defp variable?({name, value}),
    do: text?(name) and not String.contains?(name, "=") and (is_nil(value) or is_binary(value))

  defp variable?(_), do: false
end
