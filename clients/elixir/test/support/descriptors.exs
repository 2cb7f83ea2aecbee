defmodule Snakepit.Test.Descriptors do
  @moduledoc "What the proto files declare, as protoc tells it in a descriptor set (google/protobuf/descriptor.proto)."

  import Bitwise

  @scalars %{
    1 => :double,
    2 => :float,
    3 => :int64,
    4 => :uint64,
    5 => :int32,
    6 => :fixed64,
    7 => :fixed32,
    8 => :bool,
    9 => :string,
    12 => :bytes,
    13 => :uint32,
    15 => :sfixed32,
    16 => :sfixed64,
    17 => :sint32,
    18 => :sint64
  }

  @doc "Protos of a folder: name of a file => its messages, enums and services, by module."
  def of(folder, files, target) do
    {"", 0} = System.cmd("protoc", ["-I", folder, "--descriptor_set_out=#{target}" | files])
    for {1, file} <- parse(File.read!(target)), do: file(parse(file))
  end

  defp file(fields) do
    package = one(fields, 2)

    %{
      name: one(fields, 1),
      messages: Map.new(Enum.flat_map(all(fields, 4), &message(parse(&1), ".#{package}"))),
      enums:
        Map.new(
          Enum.map(all(fields, 5), &enum(parse(&1), ".#{package}")) ++ nested_enums(all(fields, 4), ".#{package}")
        ),
      services: Map.new(all(fields, 6), &service(parse(&1), package))
    }
  end

  defp message(fields, scope) do
    name = "#{scope}.#{one(fields, 1)}"
    oneofs = Enum.map(all(fields, 8), &one(parse(&1), 1))
    map? = one(parse(one(fields, 7) || ""), 7) == 1
    declared = Enum.map(all(fields, 2), &field(parse(&1)))

    # The oneof of an `optional` field is made up by protoc, and declared nowhere.
    synthetic = for %{optional: true, oneof: index} <- declared, do: index
    real = for {oneof, index} <- Enum.with_index(oneofs), index not in synthetic, into: %{}, do: {index, oneof}

    [
      {module(name),
       %{map: map?, oneofs: real, fields: Enum.map(declared, &if(&1.optional, do: %{&1 | oneof: nil}, else: &1))}}
      | Enum.flat_map(all(fields, 3), &message(parse(&1), name))
    ]
  end

  defp field(fields) do
    kind = one(fields, 5)

    %{
      name: one(fields, 1),
      number: one(fields, 3),
      repeated: one(fields, 4) == 3,
      enum: kind == 14,
      type: @scalars[kind] || module(one(fields, 6)),
      optional: one(fields, 17) == 1,
      oneof: one(fields, 9)
    }
  end

  defp nested_enums(messages, scope) do
    Enum.flat_map(messages, fn message ->
      fields = parse(message)
      name = "#{scope}.#{one(fields, 1)}"
      Enum.map(all(fields, 4), &enum(parse(&1), name)) ++ nested_enums(all(fields, 3), name)
    end)
  end

  defp enum(fields, scope) do
    values = for value <- all(fields, 2), value = parse(value), do: {one(value, 1), one(value, 2) || 0}
    {module("#{scope}.#{one(fields, 1)}"), values}
  end

  defp service(fields, package) do
    name = one(fields, 1)

    methods =
      for method <- all(fields, 2), method = parse(method) do
        {one(method, 1), {module(one(method, 2)), one(method, 5) == 1}, {module(one(method, 3)), one(method, 6) == 1}}
      end

    {module(".#{package}.#{name}"), %{name: "#{package}.#{name}", methods: methods}}
  end

  # `.snakepit.bridge.Variable.MetadataEntry` as the module that stands for it.
  defp module("." <> name), do: name |> String.split(".") |> Enum.map(&camel/1) |> Module.concat()
  defp camel(part), do: String.upcase(String.first(part)) <> String.slice(part, 1..-1//1)

  defp one(fields, number), do: fields |> all(number) |> List.last()
  defp all(fields, number), do: for({^number, value} <- fields, do: value)

  # The wire format: field numbers with values, in order.
  defp parse(""), do: []

  defp parse(bytes) do
    {key, rest} = varint(bytes)
    {value, rest} = value(key &&& 7, rest)
    [{key >>> 3, value} | parse(rest)]
  end

  defp value(0, bytes), do: varint(bytes)
  defp value(1, <<value::binary-size(8), rest::binary>>), do: {value, rest}
  defp value(5, <<value::binary-size(4), rest::binary>>), do: {value, rest}

  defp value(2, bytes) do
    {size, rest} = varint(bytes)
    <<value::binary-size(size), rest::binary>> = rest
    {value, rest}
  end

  defp varint(<<0::1, low::7, rest::binary>>), do: {low, rest}

  defp varint(<<1::1, low::7, rest::binary>>) do
    {high, rest} = varint(rest)
    {high <<< 7 ||| low, rest}
  end
end
