# mix run tour.exs: sets a variable, kills the sidecar, and reads it again.
IO.puts("serves at #{Snakepit.Sidecar.address!()}")
IO.inspect(Tuning.Settings.get("temperature"))
IO.inspect(Tuning.Settings.set("temperature", "0.9"))
IO.inspect(Tuning.Settings.set("temperature", "3"))

%{os_pid: os_pid} = Snakepit.Sidecar.info()
{"", 0} = System.cmd("kill", ["-KILL", "#{os_pid}"])
IO.inspect(Tuning.Settings.get("temperature"))
IO.puts("serves at #{Snakepit.Sidecar.address!()}, restarts: #{Snakepit.Sidecar.info().restarts}")
