# What the stubs expect of the packages protobuf and grpc, as far as it takes to see what they declare: no message is
# encoded here, and nothing is called.

defmodule Snakepit.Test.Declarations do
  @moduledoc false

  defmacro __using__(options) do
    quote do
      import Snakepit.Test.Declarations
      Module.register_attribute(__MODULE__, :fields, accumulate: true)
      Module.register_attribute(__MODULE__, :oneofs, accumulate: true)
      Module.register_attribute(__MODULE__, :rpcs, accumulate: true)
      @options unquote(options)
      @before_compile Snakepit.Test.Declarations
    end
  end

  defmacro field(name, number, options \\ []) do
    quote do: @fields({unquote(name), unquote(number), unquote(options)})
  end

  defmacro oneof(name, index), do: quote(do: @oneofs({unquote(index), unquote(name)}))

  defmacro rpc(name, request, reply) do
    quote do: @rpcs({unquote(name), unquote(flow(request)), unquote(flow(reply))})
  end

  defmacro __before_compile__(_) do
    quote do
      def declared do
        %{options: @options, fields: Enum.reverse(@fields), oneofs: Map.new(@oneofs), rpcs: Enum.reverse(@rpcs)}
      end
    end
  end

  defp flow({:stream, _, [message]}), do: {message, true}
  defp flow(message), do: {message, false}
end

defmodule Protobuf do
  @moduledoc false
  defmacro __using__(options), do: quote(do: use(Snakepit.Test.Declarations, unquote(options)))
end

defmodule GRPC.Service do
  @moduledoc false
  defmacro __using__(options), do: quote(do: use(Snakepit.Test.Declarations, unquote(options)))
end

defmodule GRPC.Stub do
  @moduledoc false
  defmacro __using__(service: service), do: quote(do: def(service, do: unquote(service)))
end
