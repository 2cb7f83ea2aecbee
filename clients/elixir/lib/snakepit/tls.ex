defmodule Snakepit.Tls do
  @moduledoc """
  How a client reaches a server by TLS, and says who calls, in the terms of `:ssl` and of the package `grpc`:

      credential = GRPC.Credential.new(ssl: Snakepit.Tls.options(ca: "ca.pem"))
      {:ok, channel} =
        GRPC.Stub.connect("db.example.org:50051", cred: credential, headers: Snakepit.Tls.headers(token))
  """

  @type option ::
          {:ca, Path.t()} | {:cert, Path.t()} | {:key, Path.t()} | {:server_name, String.t()}

  @doc """
  Options of `:ssl.connect/3`. The server's certificate is always checked.

    * `:ca` - PEM file with the authorities that the certificate may be of; without it those of the system
    * `:cert`, `:key` - PEM files, shown to a server that asks for a certificate
    * `:server_name` - the name that the server's certificate has, where it is not the host that is connected to

  ArgumentError names an option that is wrong, or a file that is not there.
  """
  @spec options([option()]) :: [:ssl.tls_client_option()]
  def options(given \\ []) do
    known = [:ca, :cert, :key, :server_name]

    with [unknown | _] <- Keyword.keys(given) -- known do
      raise ArgumentError,
            "#{inspect(unknown)} is not an option of TLS; these are: #{Enum.map_join(known, ", ", &inspect/1)}"
    end

    if is_nil(given[:cert]) != is_nil(given[:key]) do
      raise ArgumentError, ":cert and :key belong together"
    end

    [verify: :verify_peer, depth: 5, versions: [:"tlsv1.3", :"tlsv1.2"], customize_hostname_check: hostname_check()] ++
      authorities(given[:ca]) ++ own(given[:cert], given[:key]) ++ name(given[:server_name])
  end

  @doc """
  The header that says who calls, for `GRPC.Stub.connect/2`. Give it by TLS only: whoever reads a token can use it.
  """
  @spec headers(String.t() | nil) :: [{String.t(), String.t()}]
  def headers(nil), do: []

  def headers(token) when is_binary(token) do
    # Not the token itself: errors are logged.
    unless token =~ ~r/\A[!-~]+\z/, do: raise(ArgumentError, "a token is one word of printable ASCII")
    [{"authorization", "Bearer #{token}"}]
  end

  defp authorities(nil), do: [cacerts: :public_key.cacerts_get()]
  defp authorities(path), do: [cacertfile: file(:ca, path)]

  defp own(nil, nil), do: []
  defp own(cert, key), do: [certfile: file(:cert, cert), keyfile: file(:key, key)]

  defp name(nil), do: []
  defp name(name), do: [server_name_indication: String.to_charlist(name)]

  # With wildcards, as browsers have it.
  defp hostname_check, do: [match_fun: :public_key.pkix_verify_hostname_match_fun(:https)]

  defp file(option, path) do
    unless File.regular?(path), do: raise(ArgumentError, "#{inspect(option)}: there is no file #{path}")
    String.to_charlist(path)
  end
end
