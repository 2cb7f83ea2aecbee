using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Bridge;

namespace Snakepit.Tests.Robustness.Fuzz;

/// <summary>
/// Makes requests out of their descriptors: most of a request is as a client would send it, by the names of the fields;
/// some of it is odd.
/// </summary>
/// <param name="random">Of the case.</param>
/// <param name="oddity">One value in so many is odd; 0 = none.</param>
internal sealed class RequestMaker(Random random, int oddity)
{
    /// <summary>How many sessions requests are about.</summary>
    public const int Sessions = 8;

    private const int Deepest = 6;
    private static readonly string[] Types = ["float", "integer", "string", "boolean", "choice", "module", "embedding", "tensor", "map", "list"];
    private static readonly string[] Names = ["x", "y", "temperature", "mode", "weights", "var_x_1"];
    private static readonly string[] Values = ["1", "0.5", "\"text\"", "true", "\"a.b\"", "[1,2,3]", "{\"shape\":[1],\"data\":[1]}", "{\"k\":1}"];
    private static readonly string[] Constraints = ["", "{}", "{\"min\":0,\"max\":2}", "{\"pattern\":\"^a\"}", "{\"choices\":[\"a\",\"b\"]}", "{\"dimensions\":3}"];

    /// <summary>Makes a session with variables of some types, the same each time.</summary>
    public static IEnumerable<RegisterVariableRequest> Filling(string session) =>
        Names.Select((name, number) => new RegisterVariableRequest
        {
            SessionId = session,
            Name = name,
            Type = Types[number],
            InitialValue = new Any
            {
                TypeUrl = $"type.googleapis.com/snakepit.{Types[number]}",
                Value = ByteString.CopyFromUtf8(number < 2 ? "1" : Types[number] == "boolean" ? "true" : "\"a\""),
            },
        });

    private bool IsOdd => oddity > 0 && random.Next(oddity) == 0;

    public IMessage Make(MessageDescriptor descriptor) => Make(descriptor, depth: 0);

    private IMessage Make(MessageDescriptor descriptor, int depth)
    {
        if (descriptor.FullName == Any.Descriptor.FullName)
        {
            return Value();
        }

        var message = descriptor.Parser.ParseFrom([]);
        foreach (var field in descriptor.Fields.InFieldNumberOrder())
        {
            // Of the fields of a oneof the last one set holds.
            var isLeftOut = field.ContainingOneof is { IsSynthetic: false } ? random.Next(3) > 0 : random.Next(5) == 0;
            if (!isLeftOut && depth < Deepest)
            {
                Fill(message, field, depth);
            }
        }

        return message;
    }

    private void Fill(IMessage message, FieldDescriptor field, int depth)
    {
        if (field.IsMap)
        {
            var map = (System.Collections.IDictionary)field.Accessor.GetValue(message);
            for (var i = Count(); i > 0; i--)
            {
                map[One(field.MessageType.FindFieldByNumber(1), depth)] = One(field.MessageType.FindFieldByNumber(2), depth);
            }
        }
        else if (field.IsRepeated)
        {
            var list = (System.Collections.IList)field.Accessor.GetValue(message);
            for (var i = Count(); i > 0; i--)
            {
                list.Add(One(field, depth));
            }
        }
        else
        {
            field.Accessor.SetValue(message, One(field, depth));
        }
    }

    private int Count() => IsOdd && random.Next(10) == 0 ? 2_000 : random.Next(4);

    private object One(FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.Message or FieldType.Group => Make(field.MessageType, depth + 1),
        FieldType.String => Text(field.Name),
        FieldType.Bytes => ByteString.CopyFrom(IsOdd ? Oddities.Bytes(random) : [1, 2, 3]),
        FieldType.Bool => random.Next(2) == 0,
        FieldType.Enum => IsOdd ? (object)(int)Oddities.Number(random) : field.EnumType.Values[random.Next(field.EnumType.Values.Count)].Number,
        FieldType.Double => IsOdd ? double.NaN : random.NextDouble(),
        FieldType.Float => IsOdd ? float.NegativeInfinity : random.NextSingle(),
        FieldType.UInt32 or FieldType.Fixed32 => unchecked((uint)Number()),
        FieldType.UInt64 or FieldType.Fixed64 => unchecked((ulong)Number()),
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => unchecked((int)Number()),
        _ => Number(),
    };

    private long Number() => IsOdd ? Oddities.Number(random) : random.Next(3);

    private string Text(string field) => IsOdd
        ? field.EndsWith("_json", StringComparison.Ordinal) ? Oddities.Constraints(random) : Oddities.Text(random)
        : field switch
        {
            "session_id" => $"fuzz{random.Next(Sessions)}",
            "variable_identifier" or "name" or "from_variable" or "to_variable" or "key" or "pattern" or "variable_identifiers" =>
                Names[random.Next(Names.Length)],
            "type" => Types[random.Next(Types.Length)],
            "constraints_json" or "access_control_json" or "validation_json" => Constraints[random.Next(Constraints.Length)],
            "request_id" => random.Next(3) > 0 ? "" : $"r{random.Next(50)}",
            "address" => "127.0.0.1:1",
            "tool_name" => "tool",
            _ => "text",
        };

    private Any Value() => new()
    {
        TypeUrl = IsOdd ? Oddities.TypeUrl(random) : $"type.googleapis.com/snakepit.{Types[random.Next(Types.Length)]}",
        Value = ByteString.CopyFromUtf8(IsOdd ? Oddities.Json(random) : Values[random.Next(Values.Length)]),
    };
}
