defmodule Snakepit.Sidecar.Ports do
  @moduledoc false

  @loopbacks [[:inet, ip: {127, 0, 0, 1}], [:inet6, ip: {0, 0, 0, 0, 0, 0, 0, 1}]]

  @doc "Whether somebody listens on the port, on either address that the sidecar wants."
  def taken?(port), do: Enum.any?(@loopbacks, &taken?(port, &1))

  defp taken?(port, address) do
    case :gen_tcp.listen(port, [reuseaddr: true] ++ address) do
      {:ok, socket} ->
        :gen_tcp.close(socket)
        false

      # Any other error is not for another port to heal.
      {:error, reason} ->
        reason == :eaddrinuse
    end
  end
end
