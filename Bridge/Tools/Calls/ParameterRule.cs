using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Sessions;
using Snakepit.Sessions.Values;
using Value = Snakepit.Sessions.Values.Value;

namespace Snakepit.Bridge.Tools.Calls;

/// <summary>
/// What a tool says of one parameter, compiled. A type that is none of a variable's, as the names of Python's
/// annotations are, says nothing; nor does what its constraints would not know (public workers keep a default there).
/// </summary>
internal sealed class ParameterRule
{
    private const string PackedText = "google.protobuf.StringValue";

    private readonly VariableType? _type;
    private readonly Constraints? _constraints;

    public ParameterRule(ParameterSpec spec)
    {
        Name = spec.Name;

        // Public workers register Python's `*args` and `**kwargs` like parameters: as required ones without a type.
        IsRequired = spec.Required && !(spec.Name is "args" or "kwargs" && spec.Type is "any");
        _type = VariableType.Find(spec.Type);
        _constraints = _type is null
            ? null
            : Sessions.Tools.ParameterRules.Compile(_type, spec.ValidationJson).Value ?? Constraints.None(_type);
    }

    public string Name { get; }

    public bool IsRequired { get; }

    /// <summary>Why a value does not do; null if it does. It is only looked at.</summary>
    public Refusal? Check(Any value)
    {
        if (_type is null || TypeUrl.IsBinary(value.TypeUrl) || (!IsRequired && IsNull(value.Value)))
        {
            return null;
        }

        var refusal = Read(value);
        if (refusal is null || !value.TypeUrl.EndsWith(PackedText, StringComparison.Ordinal))
        {
            return refusal;
        }

        // Python packs whatever is no number into a text, which may spell the value.
        return TextOf(value.Value) is { } text && Read(new Any { Value = text }) is null ? null : refusal;
    }

    private static bool IsNull(ByteString json) => json.Span.SequenceEqual("null"u8);

    private static ByteString? TextOf(ByteString packed)
    {
        try
        {
            return ByteString.CopyFromUtf8(StringValue.Parser.ParseFrom(packed).Value);
        }
        catch (Exception malformed) when (MalformedMessage.IsShownBy(malformed))
        {
            return null;
        }
    }

    private Refusal? Read(Any value) => Value.Read(_type!, _constraints!, value, ByteString.Empty, int.MaxValue).Refusal;
}
