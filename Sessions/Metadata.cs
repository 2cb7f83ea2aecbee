using System.Text;
using Google.Protobuf.Collections;

namespace Snakepit.Sessions;

/// <summary>Metadata maps: string to string, never changed once a variable has them.</summary>
public static class Metadata
{
    public const string SourceKey = "source";
    public const string ChangedByKey = "changed_by";
    public const string OptimizerKey = "optimizer_id";

    public static IReadOnlyDictionary<string, string> Empty { get; } = new Dictionary<string, string>();

    /// <summary>Both together, <paramref name="added"/> winning. Answers <paramref name="present"/> itself where nothing is new.</summary>
    public static IReadOnlyDictionary<string, string> Merge(
        IReadOnlyDictionary<string, string> present, MapField<string, string> added)
    {
        Dictionary<string, string>? merged = null;
        foreach (var (key, value) in added)
        {
            if (merged is null && present.TryGetValue(key, out var old) && old == value)
            {
                continue;
            }

            merged ??= new Dictionary<string, string>(present);
            merged[key] = value;
        }

        return merged ?? present;
    }

    /// <summary>The refusal of a map that is larger than the limits allow.</summary>
    public static Refusal? CheckSize(IReadOnlyCollection<KeyValuePair<string, string>> metadata, SessionLimits limits)
    {
        if (metadata.Count > limits.MaxMetadataEntries)
        {
            return Refusal.Exhausted($"metadata has {metadata.Count} entries, the limit is {limits.MaxMetadataEntries}");
        }

        var bytes = 0;
        foreach (var (key, value) in metadata)
        {
            bytes += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value);
        }

        return bytes > limits.MaxMetadataBytes
            ? Refusal.Exhausted($"metadata has {bytes} bytes, the limit is {limits.MaxMetadataBytes}")
            : null;
    }
}
