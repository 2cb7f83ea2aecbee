namespace Snakepit.Grains;

/// <summary>
/// One silo, asked about itself. Its key is the silo's address in Orleans' parsable form, and it lives there and
/// nowhere else.
/// </summary>
[Alias("snakepit.silo")]
public interface ISiloGrain : IGrainWithStringKey
{
    /// <summary>Those of the sessions, by the keys of their grains, that are in this silo's memory.</summary>
    [Alias("find-active")]
    ValueTask<List<string>> FindActiveAsync([Immutable] List<string> keys);
}
