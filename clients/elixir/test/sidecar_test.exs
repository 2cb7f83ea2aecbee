defmodule Snakepit.SidecarTest do
  use ExUnit.Case, async: true

  import ExUnit.CaptureLog
  import Snakepit.Test.Processes

  alias Snakepit.Sidecar
  alias Snakepit.Sidecar.{LaunchError, NotReadyError}
  alias Snakepit.Test.CommandLine

  @moduletag :tmp_dir

  # A sidecar of the test's own, under its supervisor. Tells {:ready, address} whenever it serves.
  defp start(options, test) do
    me = self()
    defaults = [name: test, on_ready: &send(me, {:ready, &1}), backoff: {10, 100}]
    start_supervised!({Sidecar, Keyword.merge(defaults, options)})
    test
  end

  defp ready do
    assert_receive {:ready, address}, 60_000
    address
  end

  test "a sidecar serves, and tells where", %{test: test} do
    sidecar = start([memory: true], test)
    assert {:ok, "localhost:" <> port = address} = Sidecar.address(sidecar)
    assert {:ok, String.to_integer(port)} == Sidecar.await_ready(sidecar)
    assert address == Sidecar.address!(sidecar, 0)
    assert address == ready()
    assert %{state: :ready, restarts: 0} = Sidecar.info(sidecar)
    assert CommandLine.run(address, ["ping"]) =~ "answered in"
  end

  test "a sidecar that was killed comes back at its address", %{test: test} do
    sidecar = start([memory: true], test)
    address = ready()
    first = Sidecar.info(sidecar).os_pid
    kill(first)

    assert address == ready()
    assert %{state: :ready, restarts: 1, os_pid: second} = Sidecar.info(sidecar)
    assert second != first
    assert CommandLine.run(address, ["ping"]) =~ "answered in"
  end

  test "without its guard, which was killed, a sidecar serves on, and is still looked after", %{test: test} do
    sidecar = start([memory: true], test)
    address = ready()
    first = Sidecar.info(sidecar).os_pid
    kill(parent(first))
    assert CommandLine.run(address, ["ping"]) =~ "answered in"

    kill(first)
    assert address == ready()
    second = Sidecar.info(sidecar).os_pid
    kill(parent(second))
    stop_supervised!(sidecar)
    assert ended?(second)
  end

  test "what was set survives a restart", %{test: test, tmp_dir: folder} do
    sidecar = start([data: Path.join(folder, "data")], test)
    address = ready()
    CommandLine.run(address, ["register", "tuning", "temperature", "float", "0.7"])
    CommandLine.run(address, ["set", "tuning", "temperature", "0.9"])
    kill(Sidecar.info(sidecar).os_pid)

    assert ready() == address
    assert CommandLine.run(address, ["get", "tuning", "temperature"]) =~ "0.9"
  end

  test "a sidecar and its guard end with the supervisor, by SIGTERM", %{test: test} do
    sidecar = start([memory: true], test)
    ready()
    os_pid = Sidecar.info(sidecar).os_pid
    guard = parent(os_pid)

    log = capture_log(fn -> stop_supervised!(sidecar) end)
    # What only an orderly end says; and nothing is waited for here: both have ended.
    assert log =~ "SidecarServer: stopped"
    assert gone?(os_pid)
    assert gone?(guard)
  end

  test "a program that does not heed SIGTERM is killed after the grace", %{test: test, tmp_dir: folder} do
    deaf = script(folder, "deaf", "trap '' TERM\necho GRPC_READY:1\nwhile :; do sleep 0.1; done\n")
    sidecar = start([command: deaf, stop_timeout: 300], test)
    ready()
    os_pid = Sidecar.info(sidecar).os_pid
    stop_supervised!(sidecar)
    assert gone?(os_pid)
  end

  test "a killed owner leaves no sidecar behind", %{test: test} do
    sidecar = start([memory: true], test)
    ready()
    os_pid = Sidecar.info(sidecar).os_pid
    Process.exit(Process.whereis(sidecar), :kill)
    assert ended?(os_pid)
    ready()
  end

  test "a command that is not there fails the start, and is named", %{test: test, tmp_dir: folder} do
    Process.flag(:trap_exit, true)
    missing = Path.join(folder, "nothing")
    assert {:error, %LaunchError{message: message}} = Sidecar.start_link(command: missing, name: test)
    assert message == "there is no #{missing}, which :command names"

    plain = Path.join(folder, "plain")
    File.write!(plain, "")
    assert {:error, %LaunchError{message: message}} = Sidecar.start_link(command: plain, name: test)
    assert message == "#{plain} is not executable"
  end

  test "a sidecar that does not serve in time is ended, and launched again", %{test: test, tmp_dir: folder} do
    silent = script(folder, "silent", "echo \"$$\" >> #{folder}/pids\nexec sleep 1000\n")

    log =
      capture_log(fn ->
        sidecar = start([command: silent, ready_timeout: 300], test)
        assert {:error, %NotReadyError{message: message}} = Sidecar.address(sidecar, 2_000)
        assert message =~ "the sidecar was not ready within 2000 ms: "
        assert message =~ "it did not serve within 300 ms"
        assert_raise NotReadyError, fn -> Sidecar.address!(sidecar, 0) end
        stop_supervised!(sidecar)
      end)

    assert log =~ "the sidecar is ended: it did not serve within 300 ms"
    pids = File.read!(Path.join(folder, "pids")) |> String.split()
    assert length(pids) >= 2
    assert Enum.all?(pids, &gone?(&1))
  end

  test "why a sidecar ends at its start is logged, and told to who waits", %{test: test, tmp_dir: folder} do
    File.write!(Path.join(folder, "file"), "")

    log =
      capture_log(fn ->
        sidecar = start([data: Path.join(folder, "file"), backoff: {60_000, 60_000}], test)
        # The pause outlasts the test: who waits hears of the first launch.
        assert {:error, error} = Sidecar.address(sidecar, 8_000)
        assert Exception.message(error) =~ ~r/it ended with status 1 \(snakepit: .*#{folder}\/file/
        assert %{state: :pausing, os_pid: nil} = Sidecar.info(sidecar)
      end)

    assert log =~ ~r/\[error\] +snakepit: .*#{folder}\/file/
    assert log =~ "the sidecar is launched again in 60000 ms: it ended with status 1"
  end

  test "a port that somebody else has taken is given up for another", %{test: test, tmp_dir: folder} do
    {:ok, taken} = :gen_tcp.listen(0, ip: {127, 0, 0, 1})
    {:ok, port} = :inet.port(taken)
    # Serves at the port that is taken at first, and then as the real one that finds it so.
    program =
      script(folder, "program", """
      case "$3" in
        0) if [ -e #{folder}/again ]; then echo GRPC_READY:2; exec sleep 1000; fi
           touch #{folder}/again; echo GRPC_READY:#{port};;
        *) echo "snakepit: cannot listen on localhost:$3: the port is in use" >&2; exit 1;;
      esac
      """)

    log =
      capture_log(fn ->
        start([command: program], test)
        assert ready() == "localhost:#{port}"
        assert ready() == "localhost:2"
      end)

    assert log =~ "port #{port} is another program's now"
    assert length(String.split(log, "cannot listen on localhost:#{port}")) > 3
  end

  test "its arguments and environment arrive", %{test: test, tmp_dir: folder} do
    program =
      script(
        folder,
        "program",
        "echo \"$* has ${GIVEN-nothing}, ${TAKEN-nothing}\" >&2\necho GRPC_READY:7\nexec sleep 1000\n"
      )

    System.put_env("TAKEN", "something")
    given = [command: program, data: "/d a", port: 7, args: ["--ttl", "1h"], env: %{"GIVEN" => "a b", "TAKEN" => nil}]

    log =
      capture_log(fn ->
        start(given, test)
        ready()
        stop_supervised!(test)
      end)

    assert log =~ "serve --port 7 --data /d a --ttl 1h has a b, nothing"
  end
end
