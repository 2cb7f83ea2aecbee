Code.require_file("support/protobuf.exs", __DIR__)
Code.require_file("support/descriptors.exs", __DIR__)

defmodule Snakepit.Sidecar.StubsTest do
  use ExUnit.Case, async: true

  alias Snakepit.Test.Descriptors

  @protos Path.expand("../../../protos", __DIR__)
  @stubs Path.expand("../stubs", __DIR__)
  @names ~w(snakepit_bridge snakepit_sessions snakepit_tools)
  @protoc System.find_executable("protoc")
  @moduletag :tmp_dir
  @moduletag skip: if(@protoc, do: false, else: "protoc is not installed")

  test "every message, field, number, enum and call is as the protos say", %{tmp_dir: folder} do
    files = Descriptors.of(@protos, Enum.map(@names, &"#{&1}.proto"), Path.join(folder, "descriptors"))
    assert Enum.map(files, & &1.name) |> Enum.sort() == Enum.map(@names, &"#{&1}.proto")

    for %{name: name} = file <- Enum.sort_by(files, & &1.name) do
      modules = Code.compile_file(Path.join(@stubs, String.replace(name, ".proto", ".pb.ex"))) |> Enum.map(&elem(&1, 0))

      services =
        Enum.flat_map(file.services, fn {module, _} -> [Module.concat(module, Service), Module.concat(module, Stub)] end)

      assert Enum.sort(modules) == Enum.sort(Map.keys(file.messages) ++ Map.keys(file.enums) ++ services)

      for {module, message} <- file.messages, do: assert(message_of(module) == {module, message})
      for {module, values} <- file.enums, do: assert(enum_of(module) == {module, values})

      for {module, service} <- file.services do
        assert service_of(Module.concat(module, Service)) == service
        assert Module.concat(module, Stub).service() == Module.concat(module, Service)
      end
    end
  end

  defp message_of(module) do
    %{options: options, fields: fields, oneofs: oneofs} = module.declared()
    assert options[:syntax] == :proto3
    map? = Keyword.get(options, :map, false)

    declared =
      for {name, number, field} <- fields do
        # A field of a map stands for a repeated message that is marked as an entry.
        if field[:map], do: assert(message_of(field[:type]) |> elem(1) |> Map.fetch!(:map))
        optional? = Keyword.get(field, :proto3_optional, false)

        %{
          name: Atom.to_string(name),
          number: number,
          repeated: Keyword.get(field, :repeated, false),
          enum: Keyword.get(field, :enum, false),
          type: field[:type],
          optional: optional?,
          oneof: field[:oneof]
        }
      end

    {module,
     %{map: map?, oneofs: Map.new(oneofs, fn {index, name} -> {index, Atom.to_string(name)} end), fields: declared}}
  end

  defp enum_of(module) do
    %{options: options, fields: fields} = module.declared()
    assert options[:enum]
    {module, for({name, number, _} <- fields, do: {Atom.to_string(name), number})}
  end

  defp service_of(module) do
    %{options: options, rpcs: rpcs} = module.declared()
    %{name: options[:name], methods: for({name, request, reply} <- rpcs, do: {Atom.to_string(name), request, reply})}
  end
end
