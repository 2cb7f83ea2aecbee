using System.Text.Json;
using Snakepit.Serving.CommandLine;
using Snakepit.Serving.Settings;

namespace Snakepit.Serving.Access;

/// <summary>
/// One object of the access file. Each entry is asked for by its name; at the end, one that nobody has asked for is a
/// mistake, and so is each that is not what it should be: the message says where it stands.
/// </summary>
internal sealed class JsonEntries
{
    private readonly Dictionary<string, JsonElement> _entries = new(StringComparer.Ordinal);
    private readonly List<string> _known = [];
    private readonly string _path;

    /// <param name="element">Must be an object.</param>
    /// <param name="path">Where it stands, as `principals.alice`; empty = it is the root.</param>
    public JsonEntries(JsonElement element, string path)
    {
        _path = path;
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new MistakeException($"{(path.Length == 0 ? "the root" : path)} must be an object");
        }

        foreach (var entry in element.EnumerateObject())
        {
            _entries.Add(entry.Name, entry.Value);
        }
    }

    /// <summary>The names of all entries: for an object whose keys are names of the user's own.</summary>
    public IEnumerable<string> Names => _entries.Keys;

    /// <summary>Where an entry stands.</summary>
    public string PathOf(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    /// <summary>Null where there is no such entry.</summary>
    public string? Text(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text
        : throw Wrong(name, "a text");

    /// <summary>The text of an entry that must be there.</summary>
    public string Required(string name) => Text(name) ?? throw new MistakeException($"{PathOf(name)} is missing");

    /// <summary>A list of texts, or one alone; null where there is no such entry.</summary>
    public IReadOnlyList<string>? Texts(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? [Text(name)!]
        : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(static text => text.ValueKind == JsonValueKind.String && text.GetString() is not "")
            ? [.. value.EnumerateArray().Select(static text => text.GetString()!)]
            : throw Wrong(name, "a list of texts");

    public int? Count(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count > 0 ? count
        : throw Wrong(name, $"a whole number, 1 to {int.MaxValue}");

    public double? Rate(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var rate) && rate is > 0 and <= 1e9 ? rate
        : throw Wrong(name, "a number above 0");

    /// <summary>A number of bytes, or a text such as 1MiB.</summary>
    public long? Bytes(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var bytes) && bytes > 0 ? bytes
        : value.ValueKind == JsonValueKind.String && ByteSize.TryParse(value.GetString()!, out var size) && size > 0 ? size
        : throw Wrong(name, "a size such as 1MiB or a number of bytes");

    public DateTimeOffset? Time(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out var time) ? time
        : throw Wrong(name, "a time such as 2027-01-31T00:00:00Z");

    /// <summary>Null where there is no such entry.</summary>
    public JsonEntries? Object(string name) => Find(name) is { } value ? new JsonEntries(value, PathOf(name)) : null;

    /// <summary>A list of objects; empty where there is no such entry.</summary>
    public IEnumerable<JsonEntries> Objects(string name) => Find(name) is not { } value ? []
        : value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().Select((item, at) => new JsonEntries(item, $"{PathOf(name)}[{at}]"))
            : throw Wrong(name, "a list of objects");

    /// <summary>To be called once everything has been asked for.</summary>
    public void RefuseOthers()
    {
        if (_entries.Keys.FirstOrDefault(name => !_known.Contains(name)) is { } unknown)
        {
            throw new MistakeException($"unknown key {PathOf(unknown)}, must be one of: {string.Join(", ", _known)}");
        }
    }

    private JsonElement? Find(string name)
    {
        _known.Add(name);
        return _entries.TryGetValue(name, out var value) ? value : null;
    }

    private MistakeException Wrong(string name, string expectation) => new($"{PathOf(name)} must be {expectation}");
}
