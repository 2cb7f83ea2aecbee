using Snakepit.Storage;
using Snakepit.Storage.Archive;
using Snakepit.Storage.Sqlite;
using Snakepit.Tests.Storage;

namespace Snakepit.Tests.Archive;

/// <summary>What was carried to another store answers there as it did where it came from.</summary>
public sealed class RoundTripTests(SharedPostgres postgres) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_store_filled_from_the_file_of_another_answers_alike(int seed)
    {
        await using var source = Open("source");
        await using var target = Open("target");
        await ScriptedStore.FillAsync(source, seed);
        var file = await ArchiveFile.OfAsync(source);
        var result = await ArchiveFile.IntoAsync(target, file);
        Assert.Equal((source.Count, 0L, 0L), (result.Sessions, result.Present, result.Skipped));
        await ScriptedStore.AssertAlikeAsync(source, target);
        Assert.Equal(file, await ArchiveFile.OfAsync(target));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Through_a_cluster_and_back_a_store_answers_alike(int seed)
    {
        var options = await postgres.NewSchemaAsync();
        await using var source = Open("source");
        await using var back = Open("back");
        await ScriptedStore.FillAsync(source, seed);
        var file = await ArchiveFile.OfAsync(source);
        await using var cluster = await SharedPostgres.OpenAsync(options);
        Assert.Equal(source.Count, (await ArchiveFile.IntoAsync(cluster, file)).Sessions);
        await ScriptedStore.AssertAlikeAsync(source, cluster);
        var second = await ArchiveFile.OfAsync(cluster);
        Assert.Equal(file, second);
        await ArchiveFile.IntoAsync(back, second);
        await ScriptedStore.AssertAlikeAsync(source, back);
    }

    [Fact]
    public async Task Tools_travel_with_the_checkpoint_and_with_the_commits_after_it()
    {
        await using var source = Open("source");
        await using var target = Open("target");
        var session = new ScriptedSession(source);
        await session.AppendAsync(session.NextTools("add"));
        await session.CheckpointAsync();
        await session.AppendAsync(session.NextTools("add", "sub"));
        await ArchiveFile.IntoAsync(target, await ArchiveFile.OfAsync(source));
        var loaded = await target.LoadAsync(session.Key, default);
        Assert.Equal(ScriptedSession.Tools("add"), loaded.Tools);
        Assert.Equal(ScriptedSession.Tools("add", "sub"), Assert.Single(loaded.CommitsAfter).Record.Tools);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Commits_without_a_change_go_when_a_checkpoint_has_what_they_held(bool inCluster)
    {
        await using ISessionArchive store = inCluster ? await SharedPostgres.OpenAsync(await postgres.NewSchemaAsync()) : Open("source");
        var (session, other) = (new ScriptedSession(store), new ScriptedSession(store, "other"));
        await other.AppendAsync(other.NextTools("add"));
        await session.AppendAsync(session.NextTools("add"));
        await session.AppendAsync("x");
        await session.AppendAsync(session.NextTools("sub"));
        Assert.Equal([1L, 1, 2, 3], await CommitsAsync(store));
        await session.CheckpointAsync();
        Assert.Equal([1L, 2], await CommitsAsync(store));
        Assert.Equal(AppendResult.Fenced, await store.AppendAsync(session.Key, new ScriptedSession(store).NextTools("mul")));
        Assert.Equal(AppendResult.Stored, await session.AppendAsync(session.NextTools("mul")));
        Assert.Equal([1L, 2, 4], await CommitsAsync(store));
        Assert.Equal(ScriptedSession.Tools("sub"), (await session.LoadAsync()).Tools);
    }

    [Fact]
    public async Task A_file_of_version_1_which_knows_no_tools_is_still_read()
    {
        await using var source = Open("source");
        await using var target = Open("target");
        var session = new ScriptedSession(source);
        await session.AppendManyAsync("x", 3);
        await session.CheckpointAsync();
        var file = await ArchiveFile.OfAsync(source);
        Assert.Equal(file, ArchiveFile.AsVersion(file, ArchiveFormat.Version));
        Assert.Equal(1, (await ArchiveFile.IntoAsync(target, ArchiveFile.AsVersion(file, 1))).Sessions);
        Assert.Equal(file, await ArchiveFile.OfAsync(target));
    }

    [Fact]
    public async Task Calculations_travel_between_folders_bit_for_bit()
    {
        await using var source = Open("source");
        await using var target = Open("target");
        foreach (var (token, value) in new[] { ("a\0", -0.0), ("b", double.NaN), ("c", 0.1) })
        {
            await source.Calculations.SaveAsync(new StoredCalculation(token, value, ScriptedSession.Expiry));
        }

        await target.Calculations.SaveAsync(new StoredCalculation("c", 7, ScriptedSession.Expiry));
        var result = await ArchiveFile.IntoAsync(target, await ArchiveFile.OfAsync(source));
        Assert.Equal((2, 1), (result.Calculations, result.CalculationsLeft));
        Assert.Equal(3, target.Calculations.Count);
        var found = (await target.Calculations.FindAsync("a\0", default))!;
        Assert.Equal((BitConverter.DoubleToInt64Bits(-0.0), ScriptedSession.Expiry), (BitConverter.DoubleToInt64Bits(found.Value), found.ExpiresAt));
        Assert.Equal(7, (await target.Calculations.FindAsync("c", default))!.Value);
    }

    [Fact]
    public async Task Large_values_are_in_the_file_piece_by_piece()
    {
        await using var source = Open("source");
        await using var target = Open("target");
        var session = new ScriptedSession(source);
        for (var i = 0; i < 6; i++)
        {
            await session.AppendLargeAsync("x", ScriptedSession.Large(5_000_000, (byte)i));
        }

        var boundaries = ArchiveFile.Boundaries(await ArchiveFile.OfAsync(source));
        var longest = boundaries.Zip(boundaries.Skip(1), (from, to) => to - from).Max();
        Assert.InRange(longest, 1024 * 1024, (1024 * 1024) + 100);
    }

    private static async Task<List<long>> CommitsAsync(ISessionArchive store)
    {
        var numbers = new List<long>();
        await foreach (var record in store.ExportAsync(default))
        {
            numbers.AddRange(record.Commit is { } commit ? [commit.Number] : []);
        }

        return [.. numbers.Order()];
    }

    private SqliteStore Open(string name) => SqliteStore.Open(_folder.File(name));
}
