using System.Text.Json;
using Snakepit.Protocol;

namespace Snakepit.Sessions;

/// <summary>
/// Who may see a variable and who may change it, on top of the rights that principals have on its session: the meaning
/// of access_control_json. Immutable. A variable without lists has none of these, which costs nothing.
/// </summary>
public sealed class VariableAccess : IEquatable<VariableAccess>
{
    private const string Reads = "read";
    private const string Writes = "write";
    private const string ReadOnly = "read_only";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly Wildcard[]? _readers;
    private readonly Wildcard[]? _writers;

    private VariableAccess(string json, Wildcard[]? readers, Wildcard[]? writers, bool isReadOnly) =>
        (Json, _readers, _writers, IsReadOnly) = (json, readers, writers, isReadOnly);

    /// <summary>The text it was read from.</summary>
    public string Json { get; }

    /// <summary>Whether nobody may change the value, whatever lists and rights say.</summary>
    public bool IsReadOnly { get; }

    /// <summary>What a text means; the value null = nothing is restricted.</summary>
    public static (VariableAccess? Access, Refusal? Refusal) Read(string json)
    {
        if (string.IsNullOrWhiteSpace(json))
        {
            return (null, null);
        }

        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? Read(json, document.RootElement)
                : (null, Refusal.Invalid("access_control_json must be a JSON object"));
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            // The latter: a text in it is no valid Unicode.
            return (null, Refusal.Invalid("access_control_json is not valid JSON"));
        }
    }

    /// <summary>
    /// What a stored text means. One of the time when any object was taken, and none had an effect, may mean nothing:
    /// then only who administers the session has the variable.
    /// </summary>
    public static VariableAccess? OfStored(string json)
    {
        var (access, refusal) = Read(json);
        return refusal is null ? access : new VariableAccess(json, [], [], isReadOnly: false);
    }

    public bool MayRead(Requester requester) => requester.Administers || Lists(_readers, requester.Name);

    /// <summary>Whether the lists let it change the variable, which one that is read-only is not all the same.</summary>
    public bool MayWrite(Requester requester) => requester.Administers || Lists(_writers, requester.Name);

    /// <summary>Whether both were read from the same text.</summary>
    public bool Equals(VariableAccess? other) => other is not null && Json == other.Json;

    public override bool Equals(object? obj) => Equals(obj as VariableAccess);

    public override int GetHashCode() => Json.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Json;

    private static (VariableAccess?, Refusal?) Read(string json, JsonElement root)
    {
        Wildcard[]? readers = null;
        Wildcard[]? writers = null;
        var isReadOnly = false;
        foreach (var entry in root.EnumerateObject())
        {
            Refusal? refusal = null;
            switch (entry.Name)
            {
                case Reads:
                    refusal = ReadNames(entry, out readers);
                    break;
                case Writes:
                    refusal = ReadNames(entry, out writers);
                    break;
                case ReadOnly when entry.Value.ValueKind is JsonValueKind.True or JsonValueKind.False:
                    isReadOnly = entry.Value.GetBoolean();
                    break;
                case ReadOnly:
                    refusal = Refusal.Invalid($"access_control_json: {ReadOnly} must be true or false");
                    break;
                default:
                    refusal = Refusal.Invalid(
                        $"access_control_json: unknown key '{entry.Name}', must be one of: {Reads}, {Writes}, {ReadOnly}");
                    break;
            }

            if (refusal is not null)
            {
                return (null, refusal);
            }
        }

        return readers is null && writers is null && !isReadOnly ? (null, null) : (new VariableAccess(json, readers, writers, isReadOnly), null);
    }

    private static Refusal? ReadNames(JsonProperty entry, out Wildcard[]? names)
    {
        names = null;
        if (entry.Value.ValueKind != JsonValueKind.Array
            || entry.Value.EnumerateArray().Any(static name => name.ValueKind != JsonValueKind.String || name.GetString() is ""))
        {
            return Refusal.Invalid($"access_control_json: {entry.Name} must be a list of names of principals, in which * is the wildcard");
        }

        names = [.. entry.Value.EnumerateArray().Select(static name => new Wildcard(name.GetString()!))];
        return null;
    }

    private static bool Lists(Wildcard[]? names, string name) => names is null || Array.Exists(names, listed => listed.Matches(name));
}
