defmodule Snakepit.TlsTest do
  use ExUnit.Case, async: true

  alias Snakepit.{Sidecar, Tls}
  alias Snakepit.Test.CommandLine

  @moduletag :tmp_dir
  @moduletag skip: if(System.find_executable("openssl"), do: false, else: "openssl is not installed")

  # HTTP/2's first words, and an empty SETTINGS frame.
  @preface "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" <> <<0::24, 4, 0, 0::32>>

  test "who believes its authority talks to a sidecar, and nobody else", %{tmp_dir: folder, test: test} do
    [ours, another] = for name <- ~w(ours another), do: authority(folder, name)
    address = start(test, issue(ours, "server"))

    assert talk(address, Tls.options(ca: ours)) == :h2
    assert {:error, {:tls_alert, {:unknown_ca, _}}} = talk(address, Tls.options(ca: another))
    assert {:error, {:tls_alert, {:unknown_ca, _}}} = talk(address, Tls.options())

    assert {:error, {:tls_alert, {:handshake_failure, words}}} =
             talk(address, Tls.options(ca: ours, server_name: "example.org"))

    assert to_string(words) =~ "hostname_check_failed"
    assert CommandLine.run(address, ["ping", "--tls-ca", ours]) =~ "answered in"
  end

  test "a sidecar that asks for certificates talks to who has one", %{tmp_dir: folder, test: test} do
    ours = authority(folder, "ours")
    address = start(test, issue(ours, "server") ++ [client_ca: ours])

    assert talk(address, Tls.options([ca: ours] ++ issue(ours, "client"))) == :h2
    refute talk(address, Tls.options(ca: ours)) == :h2
    refute talk(address, Tls.options([ca: ours] ++ issue(authority(folder, "another"), "stranger"))) == :h2
  end

  test "what is wrong is named" do
    for {options, words} <- [
          {[cacert: "a"], ":cacert is not an option of TLS"},
          {[cert: "a"], ":cert and :key belong together"},
          {[ca: "/nowhere/ca.pem"], ":ca: there is no file /nowhere/ca.pem"}
        ] do
      assert assert_raise(ArgumentError, fn -> Tls.options(options) end).message =~ words
    end
  end

  test "a token becomes a header, and a bad one is not told" do
    assert Tls.headers("sesame") == [{"authorization", "Bearer sesame"}]
    assert Tls.headers(nil) == []

    assert assert_raise(ArgumentError, fn -> Tls.headers("open sesame") end).message ==
             "a token is one word of printable ASCII"
  end

  defp start(test, tls) do
    start_supervised!({Sidecar, name: test, memory: true, tls: tls})
    Sidecar.address!(test)
  end

  # :h2 where the server answers.
  defp talk(address, options) do
    [host, port] = String.split(address, ":")
    wanted = options ++ [:binary, active: false, alpn_advertised_protocols: ["h2"], log_level: :none]

    with {:ok, socket} <- :ssl.connect(String.to_charlist(host), String.to_integer(port), wanted, 30_000),
         {:ok, "h2"} <- :ssl.negotiated_protocol(socket),
         :ok <- :ssl.send(socket, @preface),
         {:ok, <<_::24, 4, _::binary>>} <- :ssl.recv(socket, 0, 30_000) do
      :ssl.close(socket)
      :h2
    end
  end

  defp authority(folder, name) do
    certificate = Path.join(folder, "#{name}.pem")
    openssl(~w(req -x509 -days 30 -subj /CN=#{name} -out #{certificate}) ++ new_key("#{certificate}.key"))
    certificate
  end

  defp issue(authority, name) do
    path = Path.join(Path.dirname(authority), "#{Path.basename(authority, ".pem")}-#{name}")
    File.write!("#{path}.ext", "subjectAltName=DNS:localhost")
    openssl(~w(req -subj /CN=#{name} -out #{path}.csr) ++ new_key("#{path}.key"))

    openssl(
      ~w(x509 -req -days 30 -in #{path}.csr -CA #{authority} -CAkey #{authority}.key -CAcreateserial -out #{path}.pem) ++
        ~w(-extfile #{path}.ext)
    )

    [cert: "#{path}.pem", key: "#{path}.key"]
  end

  defp new_key(path), do: ~w(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout #{path})

  defp openssl(arguments) do
    {_, 0} = System.cmd("openssl", arguments, stderr_to_stdout: true)
  end
end
