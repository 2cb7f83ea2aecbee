using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Bridge;

namespace Snakepit.Tests.Contract.Support;

/// <summary>Values as the wire has them: JSON in an Any.</summary>
public static class Json
{
    public const string SnakepitPrefix = "type.googleapis.com/snakepit.";
    public const string DspexPrefix = "dspex.variables/";

    public static Any Of(string type, string json, string prefix = SnakepitPrefix) =>
        new() { TypeUrl = prefix + type, Value = ByteString.CopyFromUtf8(json) };

    public static Any Integer(long value) => Of("integer", value.ToString(CultureInfo.InvariantCulture));

    public static string Text(this Any any) => any.Value.ToStringUtf8();

    public static string Text(this Variable variable) => variable.Value.Text();

    /// <summary>The value that a change left behind.</summary>
    public static string NewText(this VariableUpdate update) => update.Variable.Text();

    /// <summary>A JSON string of that many characters.</summary>
    public static Any LargeString(int length, char fill = 'x') => Of("string", $"\"{new string(fill, length)}\"");
}
