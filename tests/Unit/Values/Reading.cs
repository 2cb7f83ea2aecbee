using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Sessions;
using Snakepit.Sessions.Values;
using Value = Snakepit.Sessions.Values.Value;

namespace Snakepit.Tests.Values;

/// <summary>Values as a client sends them, in the words of the tests.</summary>
internal static class Reading
{
    public const int Limit = 16 * 1024 * 1024;

    public static VariableType Type(string name) => VariableType.Find(name) ?? throw new ArgumentException(name);

    public static Any Sent(string type, string json) =>
        new() { TypeUrl = TypeUrl.SnakepitPrefix + type, Value = ByteString.CopyFromUtf8(json) };

    public static Any Described(string type, string descriptor) => Sent(type + TypeUrl.BinaryEnding, descriptor);

    public static Constraints Constrained(string type, string constraints)
    {
        var compiled = Constraints.Compile(Type(type), constraints);
        Assert.True(!compiled.IsRefused, compiled.Refusal?.Message);
        return compiled.Value!;
    }

    public static Outcome<Value> Read(string type, Any? any, string constraints = "", ByteString? binary = null, int limit = Limit) =>
        Value.Read(Type(type), Constrained(type, constraints), any, binary ?? ByteString.Empty, limit);

    /// <summary>The canonical JSON of what must be accepted.</summary>
    public static string Accepted(string type, string json, string constraints = "") =>
        Accepted(Read(type, Sent(type, json), constraints)).Any.Value.ToStringUtf8();

    public static Value Accepted(Outcome<Value> outcome)
    {
        Assert.True(!outcome.IsRefused, outcome.Refusal?.Message);
        return outcome.Value!;
    }

    /// <summary>The words of a refusal that must be of the kind Invalid.</summary>
    public static string Refused(string type, string json, string constraints = "") =>
        Refused(Read(type, Sent(type, json), constraints));

    public static string Refused(Outcome<Value> outcome)
    {
        Assert.True(outcome.IsRefused, outcome.Value?.Any.Value.ToStringUtf8());
        Assert.Equal(RefusalKind.Invalid, outcome.Refusal.Kind);
        return outcome.Refusal.Message;
    }

    public static string Uncompiled(string type, string constraints)
    {
        var outcome = Constraints.Compile(Type(type), constraints);
        Assert.True(outcome.IsRefused, "compiled");
        Assert.Equal(RefusalKind.Invalid, outcome.Refusal.Kind);
        Assert.StartsWith("Invalid constraints: ", outcome.Refusal.Message, StringComparison.Ordinal);
        return outcome.Refusal.Message["Invalid constraints: ".Length..];
    }
}
