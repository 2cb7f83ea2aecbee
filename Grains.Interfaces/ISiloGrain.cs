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

    /// <summary>Those too, as this silo sees them: an <c>ActiveSessions</c>. Looking does not use them.</summary>
    [Alias("describe-active")]
    ValueTask<WireMessage> DescribeActiveAsync([Immutable] List<string> keys);

    /// <summary>How many sessions are in this silo's memory.</summary>
    [Alias("count-active")]
    ValueTask<int> CountActiveAsync();
}
