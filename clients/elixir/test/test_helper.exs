Code.require_file("support/processes.exs", __DIR__)
Code.require_file("support/snakepit.exs", __DIR__)
ExUnit.start(capture_log: true, timeout: 120_000)
