defmodule Snakepit.Test.Processes do
  @moduledoc "Processes of the operating system, as tests see them."

  @deadline 30

  @doc "Waits for a process's end, at most so many seconds; false where it still runs."
  def ended?(os_pid, deadline \\ @deadline) do
    # tail ends with the process it is told to follow.
    {_, status} = System.cmd("timeout", ["#{deadline}", "tail", "--pid=#{os_pid}", "-s", "0.05", "-f", "/dev/null"])
    status == 0
  end

  @doc "Whether there is no such process, now."
  def gone?(os_pid), do: not File.exists?("/proc/#{os_pid}")

  def kill(os_pid, signal \\ "KILL"), do: {"", 0} = System.cmd("kill", ["-#{signal}", "#{os_pid}"])

  @doc "The process that started this one: of a sidecar, its guard."
  def parent(os_pid) do
    [_, after_name] = String.split(File.read!("/proc/#{os_pid}/stat"), ") ", parts: 2)
    after_name |> String.split() |> Enum.at(1) |> String.to_integer()
  end

  @doc "A shell script, to be launched in the sidecar's place. Its path."
  def script(folder, name, text) do
    path = Path.join(folder, name)
    File.write!(path, "#!/bin/sh\n" <> text)
    File.chmod!(path, 0o755)
    path
  end
end
