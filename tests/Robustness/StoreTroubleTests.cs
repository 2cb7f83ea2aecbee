using System.Buffers.Binary;
using System.Security.Cryptography;
using Snakepit.Tests.Robustness.Support;

namespace Snakepit.Tests.Robustness;

/// <summary>A data folder that cannot be used: one clear line, exit status 1, and nothing is overwritten.</summary>
public sealed class StoreTroubleTests
{
    /// <summary>Where a SQLite file has its user_version, four bytes, the most significant first.</summary>
    private const int FormatVersionOffset = 60;

    [Fact]
    public async Task A_folder_in_use_by_another_process_is_refused_and_that_one_goes_on()
    {
        using var folder = new TempFolder();
        await using var first = await ServerProcess.StartAsync(folder.At("data"));
        await first.Client.RegisterAsync("s", "x", "value");
        var line = await ServerProcess.RefuseStartAsync(folder.At("data"));
        Assert.Contains($"{folder.At("data")} is in use by another process", line, StringComparison.Ordinal);
        Assert.Equal("value", await first.Client.GetAsync("s", "x"));
    }

    [Fact]
    public async Task A_folder_that_was_in_use_is_free_once_its_process_was_killed()
    {
        using var folder = new TempFolder();
        await using (var first = await ServerProcess.StartAsync(folder.At("data")))
        {
            await first.KillAsync();
        }

        await using var second = await ServerProcess.StartAsync(folder.At("data"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    [InlineData(4_096)]
    [InlineData(20_000)]
    public async Task A_truncated_database_is_refused(int length)
    {
        using var folder = new TempFolder();
        var database = await MakeDatabaseAsync(folder);
        using (var file = File.OpenWrite(database))
        {
            Assert.InRange(file.Length, length + 1, long.MaxValue);
            file.SetLength(length);
        }

        var line = await RefusalOfUnchangedAsync(folder, database);
        Assert.Matches("damaged or truncated|not a database of this program", line);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.At("data"));
        var database = Path.Combine(folder.At("data"), "snakepit.db");
        await File.WriteAllTextAsync(
            database, string.Join('\n', Enumerable.Repeat("someone's own notes", 1_000)), TestContext.Current.CancellationToken);
        Assert.Contains(
            "not a database of this program", await RefusalOfUnchangedAsync(folder, database), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_newer_format_is_refused()
    {
        using var folder = new TempFolder();
        var database = await MakeDatabaseAsync(folder);
        using (var file = File.OpenWrite(database))
        {
            var version = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32BigEndian(version, 99);
            file.Position = FormatVersionOffset;
            file.Write(version);
        }

        Assert.Contains("version 99", await RefusalOfUnchangedAsync(folder, database), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_without_its_database_is_refused()
    {
        using var folder = new TempFolder();
        var database = await MakeDatabaseAsync(folder, inOrder: false);
        File.Move(database, folder.At("elsewhere"));
        Assert.Contains("missing", await RefusalOfUnchangedAsync(folder, database + "-wal"), StringComparison.Ordinal);
        Assert.False(File.Exists(database));
    }

    [Fact]
    public async Task A_path_that_is_a_file_is_refused()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.At("data"), "a file", TestContext.Current.CancellationToken);
        Assert.Contains(folder.At("data"), await ServerProcess.RefuseStartAsync(folder.At("data")), StringComparison.Ordinal);
        Assert.Equal("a file", await File.ReadAllTextAsync(folder.At("data"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_folder_without_permission_is_refused()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "root may read and write everything");
        using var folder = new TempFolder();
        var database = await MakeDatabaseAsync(folder);
        File.SetUnixFileMode(folder.At("data"), UnixFileMode.None);
        try
        {
            Assert.Contains(folder.At("data"), await ServerProcess.RefuseStartAsync(folder.At("data")), StringComparison.Ordinal);
        }
        finally
        {
            File.SetUnixFileMode(folder.At("data"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Assert.True(File.Exists(database));
    }

    private static async Task<string> MakeDatabaseAsync(TempFolder folder, bool inOrder = true)
    {
        await using var server = await ServerProcess.StartAsync(folder.At("data"));
        for (var i = 0; i < 20; i++)
        {
            await server.Client.RegisterAsync($"s{i}", "x", new string('x', 5_000));
        }

        await (inOrder ? server.StopAsync() : server.KillAsync());
        return Path.Combine(folder.At("data"), "snakepit.db");
    }

    private static async Task<string> RefusalOfUnchangedAsync(TempFolder folder, string file)
    {
        var before = await HashAsync(file);
        var line = await ServerProcess.RefuseStartAsync(folder.At("data"));
        Assert.Contains(folder.At("data"), line, StringComparison.Ordinal);
        Assert.Equal(before, await HashAsync(file));
        return line;
    }

    private static async Task<string> HashAsync(string file)
    {
        await using var stream = File.OpenRead(file);
        return Convert.ToHexString(await SHA256.HashDataAsync(stream, TestContext.Current.CancellationToken));
    }
}
