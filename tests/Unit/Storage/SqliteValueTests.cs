using Snakepit.Protocol.Storing;
using Snakepit.Storage;
using Snakepit.Storage.Sqlite;

namespace Snakepit.Tests.Storage;

/// <summary>A store whose only session has large values, in a file beside the database.</summary>
public abstract class SqliteValueTests : IAsyncDisposable
{
    private protected const int Long = 4 * 1024 * 1024;

    protected SqliteValueTests()
    {
        Store = SqliteStore.Open(Folder.Path);
        Session = new ScriptedSession(Store);
    }

    private protected TemporaryFolder Folder { get; } = new();

    private protected SqliteStore Store { get; private set; }

    private protected ScriptedSession Session { get; private set; }

    private protected string Values => Folder.File("snakepit.values");

    private protected long Length => new FileInfo(Values).Length;

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Commits of one large value each: of bytes 1, 2, … unless told otherwise.</summary>
    private protected async Task FillAsync(int count, byte firstFill = 1)
    {
        for (var n = 0; n < count; n++)
        {
            await Session.AppendLargeAsync("x", ScriptedSession.Large(Long, (byte)(firstFill + n)));
        }
    }

    /// <summary>Goes on with large values, and more than the log needs to start over.</summary>
    private protected async Task FillUntilAsync(Func<Task<bool>> isReached)
    {
        for (var n = 0; n < 60; n++)
        {
            await Session.AppendLargeAsync("x", ScriptedSession.Large(Long, 200));
            if (await isReached())
            {
                return;
            }

            if (n % 20 == 19)
            {
                await TrimAsync();
            }
        }

        Assert.Fail($"{Length / Long} values take the room of their own");
    }

    /// <summary>Lets go of all but the newest.</summary>
    private protected async Task TrimAsync()
    {
        await Session.CheckpointAsync();
        await Session.TrimAsync(maxChanges: 1, historyLimit: 1);
    }

    private protected async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = SqliteStore.Open(Folder.Path);
        Session = new ScriptedSession(Store, Session.Key, Session.Revision, Session.Number);
    }

    private protected async Task AssertAllAsync(params byte[] fills)
    {
        var page = await Session.ReadLogAsync(0);
        Assert.Equal(fills.Length, page.Commits.Count);
        for (var n = 0; n < fills.Length; n++)
        {
            AssertLarge(fills[n], page.Commits[n].Changes[0].Large);
        }
    }

    // Without showing some millions of bytes.
    private protected static void AssertLarge(byte fill, LargeValue? found) =>
        Assert.True(ScriptedSession.Large(Long, fill).Equals(found), $"it is not the value of {fill}");

    private protected Task<long> ReleasedAsync() => Store.Writer.RunAsync(writes => writes.Large.ReleasedBytes);

    private protected Task<long> NewestPlaceAsync() => FirstPlaceAsync(Session.Revision);

    private protected Task<long> FirstPlaceAsync(long revision) =>
        Store.Writer.RunAsync(writes => writes.Connection.Number($"SELECT place FROM large_values WHERE revision = {revision} AND chunk = 0"));

    private protected void AssertRefused(string reason)
    {
        var error = Assert.Throws<StoreException>(() => SqliteStore.Open(Folder.Path));
        Assert.Equal($"Cannot open {Folder.File("snakepit.db")}: {reason}", error.Message);
    }
}
