using System.Runtime.Versioning;
using Microsoft.Data.Sqlite;
using Snakepit.Sessions;
using Snakepit.Storage;
using Snakepit.Storage.Sqlite;

namespace Snakepit.Tests.Storage;

public sealed class SqliteFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Database => _folder.File("snakepit.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_that_is_missing_is_created_for_its_owner_only()
    {
        var path = _folder.File("a/b");
        await using var store = SqliteStore.Open(path);
        Assert.True(File.Exists(Path.Combine(path, "snakepit.db")));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public async Task A_folder_in_use_is_refused_until_it_is_free()
    {
        await using (SqliteStore.Open(_folder.Path))
        {
            var error = Assert.Throws<StoreException>(() => SqliteStore.Open(_folder.Path));
            Assert.Equal($"The data folder {_folder.Path} is in use by another process; end that first.", error.Message);
        }

        await using var store = SqliteStore.Open(_folder.Path);
    }

    [Fact]
    public async Task What_is_loaded_ahead_is_no_file_and_in_nobodys_way()
    {
        var ahead = Task.Run(SqliteStore.Preload);
        await using var store = SqliteStore.Open(_folder.Path);
        await ahead;
        Assert.Empty(Directory.EnumerateFiles(Directory.GetCurrentDirectory(), "*memory*"));
    }

    [Fact]
    public void A_folder_that_is_a_file_is_refused()
    {
        File.WriteAllText(_folder.File("data"), "mine");
        AssertRefused(_folder.File("data"), _folder.File("data"), "Cannot create the data folder");
        AssertRefused(_folder.File("data/below"), _folder.File("data"), "Cannot create the data folder");
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_file_that_may_only_be_read_is_refused_and_can_be_used_once_it_may_be_written()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "a privileged user may write anything");
        await SqliteStore.Open(_folder.Path).DisposeAsync();
        File.SetUnixFileMode(Database, UnixFileMode.UserRead);
        AssertRefused("snakepit.db cannot be opened for writing");
        File.SetUnixFileMode(Database, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using var store = SqliteStore.Open(_folder.Path);
        await store.ProbeAsync();
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void A_file_without_permission_is_refused()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "a privileged user may read anything");
        MakeDatabase();
        File.SetUnixFileMode(Database, UnixFileMode.None);
        AssertRefused("snakepit.db cannot be opened for writing");
        File.SetUnixFileMode(Database, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void Something_that_is_not_a_file_is_refused()
    {
        Directory.CreateDirectory(Database);
        AssertRefused(_folder.Path, null, "Cannot open");
        Assert.True(Directory.Exists(Database));
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused()
    {
        File.WriteAllText(Database, string.Concat(Enumerable.Repeat("these are someone's notes\n", 1_000)));
        AssertRefused("it is not a database of this program");
    }

    [Fact]
    public void A_database_of_another_program_is_refused()
    {
        Execute("CREATE TABLE notes(text)");
        AssertRefused("it is not a database of this program");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    [InlineData(4_096)]
    [InlineData(20_000)]
    public void A_truncated_file_is_refused(int length)
    {
        MakeDatabase();
        using (var file = File.OpenWrite(Database))
        {
            Assert.True(file.Length > length);
            file.SetLength(length);
        }

        AssertRefused("it is");
    }

    [Fact]
    public void A_database_without_its_tables_is_refused()
    {
        MakeDatabase();
        Execute("DROP TABLE large_values");
        AssertRefused("Cannot open");
    }

    [Fact]
    public void A_log_without_its_database_is_refused()
    {
        File.WriteAllText(_folder.File("snakepit.db-wal"), "all that is left");
        AssertRefused(_folder.Path, _folder.File("snakepit.db-wal"), "it is missing, but its write-ahead log is there");
        Assert.False(File.Exists(Database));
    }

    [Fact]
    public void A_newer_format_is_refused()
    {
        MakeDatabase();
        Execute("PRAGMA user_version = 99");
        AssertRefused($"its format is version 99, newer than this program's {SqliteSchema.Steps.Count}; use a newer program");
    }

    [Fact]
    public async Task An_older_format_is_migrated_step_by_step()
    {
        await using (var store = SqliteStore.Open(_folder.Path))
        {
            await new ScriptedSession(store).AppendManyAsync("x", 3);
        }

        IReadOnlyList<string> steps =
        [
            .. SqliteSchema.Steps,
            "ALTER TABLE sessions ADD COLUMN note TEXT NOT NULL DEFAULT 'from step 2'",
            "UPDATE sessions SET note = note || ', then 3'",
        ];
        await using (var migrated = SqliteStore.Open(_folder.Path, steps))
        {
            Assert.Equal(3, (await migrated.LoadAsync(new SessionKey("", "s"), default)).CommitsAfter.Count);
        }

        Assert.Equal("from step 2, then 3", Query("SELECT note FROM sessions"));
        Assert.Equal((long)steps.Count, Query("PRAGMA user_version"));
        AssertRefused($"its format is version {steps.Count}, newer than this program's {SqliteSchema.Steps.Count}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_database_of_an_older_version_is_opened_with_all_it_has_and_takes_tools(int version)
    {
        await using (var store = SqliteStore.Open(_folder.Path))
        {
            var session = new ScriptedSession(store);
            await session.AppendManyAsync("x", 3);
            await session.CheckpointAsync();
            await session.AppendManyAsync("x", 1);
            await session.AppendLargeAsync("y", ScriptedSession.Large(100_000, 1));
        }

        // As it was before: a column that was added last leaves nothing behind.
        string[] undone =
        [
            "ALTER TABLE sessions DROP COLUMN tools",
            "DROP TABLE log_index; DELETE FROM meta WHERE name = 'log_entered'; " +
                "CREATE UNIQUE INDEX log_by_session ON log(session, last_revision, number)",
            "DROP INDEX large_values_by_place; ALTER TABLE large_values DROP COLUMN checksum; " +
                "ALTER TABLE large_values DROP COLUMN length; ALTER TABLE large_values DROP COLUMN place",
        ];
        Execute($"{string.Join("; ", undone[(version - 1)..])}; PRAGMA user_version = {version}");
        await using (var migrated = SqliteStore.Open(_folder.Path))
        {
            var session = new ScriptedSession(migrated, new SessionKey("", "s"), startRevision: 5, startNumber: 5);
            var loaded = await session.LoadAsync();
            Assert.Equal((3, 3, null), (loaded.CommitNumber, loaded.Variables[0].Record.ValueRevision, loaded.Tools));
            Assert.Equal([4, 5], loaded.CommitsAfter.Select(commit => commit.Number));
            Assert.Equal(ScriptedSession.Large(100_000, 1), loaded.CommitsAfter[1].Changes[0].Large);
            await session.AppendLargeAsync("z", ScriptedSession.Large(LargeValueWrites.LeastInFile, 2));
            Assert.Equal(AppendResult.Stored, await session.AppendAsync(session.NextTools("add")));
            await session.CheckpointAsync();
        }

        await using var reopened = SqliteStore.Open(_folder.Path);
        Assert.Equal(ScriptedSession.Tools("add"), (await reopened.LoadAsync(new SessionKey("", "s"), default)).Tools);
        Assert.Equal((long)SqliteSchema.Steps.Count, Query("PRAGMA user_version"));
    }

    [Fact]
    public async Task A_migration_that_fails_changes_nothing()
    {
        await using (var store = SqliteStore.Open(_folder.Path))
        {
            await new ScriptedSession(store).AppendManyAsync("x", 3);
        }

        IReadOnlyList<string> steps = [.. SqliteSchema.Steps, "DELETE FROM log", "DELETE FROM nowhere"];
        var error = Assert.Throws<StoreException>(() => SqliteStore.Open(_folder.Path, steps));
        Assert.StartsWith($"Cannot open {Database}: ", error.Message);
        await using var reopened = SqliteStore.Open(_folder.Path);
        Assert.Equal(3, (await reopened.LoadAsync(new SessionKey("", "s"), default)).CommitsAfter.Count);
    }

    [Fact]
    public async Task A_creation_that_was_cut_short_is_begun_again()
    {
        File.WriteAllText(_folder.File("snakepit.db.new"), "half of it");
        await using var store = SqliteStore.Open(_folder.Path);
        Assert.Equal(0, store.Count);
        Assert.False(File.Exists(_folder.File("snakepit.db.new")));
    }

    private void AssertRefused(string reason) => AssertRefused(_folder.Path, Database, reason);

    /// <summary>Twice, because a refusal must also leave the lock free.</summary>
    private static void AssertRefused(string folder, string? untouched, string reason)
    {
        var before = untouched is null ? null : File.Exists(untouched) && CanRead(untouched) ? File.ReadAllBytes(untouched) : null;
        for (var i = 0; i < 2; i++)
        {
            var error = Assert.Throws<StoreException>(() => SqliteStore.Open(folder));
            Assert.Contains(reason, error.Message);
            Assert.Contains(folder, error.Message);
            Assert.DoesNotContain('\n', error.Message);
            Assert.False(error.OutcomeUnknown);
        }

        if (before is not null)
        {
            Assert.Equal(before, File.ReadAllBytes(untouched!));
        }
    }

    private static bool CanRead(string path) =>
        OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess || File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserRead);

    private void MakeDatabase() => SqliteStore.Open(_folder.Path).DisposeAsync().AsTask().Wait();

    private void Execute(string sql)
    {
        using var connection = Connect();
        connection.Execute(sql);
    }

    private object? Query(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        return connection;
    }
}
