using Snakepit.Storage.Sqlite;
using Snakepit.Tests.Storage;

namespace Snakepit.Tests.Sidecar;

/// <summary>`snakepit export` and `snakepit import`, on data folders.</summary>
public sealed class StoreCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Data => _folder.File("data");

    private string Archive => _folder.File("sessions");

    private string Other => _folder.File("other");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Sessions_go_from_one_folder_to_another()
    {
        await FillAsync(Data, "a", "b");
        var exported = await Typed.RunAsync("export", Archive, "--data", Data);
        Assert.Equal((0, ""), (exported.ExitCode, exported.Error));
        Assert.Matches($@"^exported 2 sessions, 6 changes: {new FileInfo(Archive).Length} bytes in \d+\.\d s, to {Archive}\n$", exported.Output);
        Assert.Equal([Archive], Directory.GetFiles(_folder.Path));

        var imported = await Typed.RunAsync("import", Archive, "--data", Other);
        Assert.Equal((0, ""), (imported.ExitCode, imported.Error));
        Assert.Matches(@"^imported 2 sessions, 6 changes: \d+ bytes in \d+\.\d s\n$", imported.Output);

        var again = await Typed.RunAsync("import", Archive, "--data", Other, "--json");
        Assert.Matches(
            """^\{"sessions":0,"changes":0,"bytes":\d+,"seconds":[\d.]+,"present":2,"skipped":0,"calculations":0,"calculations_left_out":0\}\n$""",
            again.Output);
        await using var store = SqliteStore.Open(Other);
        Assert.Equal(2, store.Count);
    }

    [Fact]
    public async Task A_folder_that_a_server_uses_is_refused()
    {
        await FillAsync(Data, "a");
        Assert.Equal(0, (await Typed.RunAsync("export", Archive, "--data", Data)).ExitCode);
        await using var server = SqliteStore.Open(Data);
        var message = $"The data folder {Data} is in use by another process; end that first.";
        await ExpectAsync(message, "export", _folder.File("more"), "--data", Data);
        await ExpectAsync(message, "import", Archive, "--data", Data);
        Assert.False(File.Exists(_folder.File("more")));
    }

    [Fact]
    public async Task A_session_that_differs_is_refused_or_left_as_it_is()
    {
        await FillAsync(Data, "a", "b");
        Assert.Equal(0, (await Typed.RunAsync("export", Archive, "--data", Data)).ExitCode);
        await using (var store = SqliteStore.Open(Other))
        {
            await new ScriptedSession(store, "a").AppendAsync("x");
        }

        await ExpectAsync(
            "the session 'a' is there already and differs from the file's; end it, or leave it as it is with --skip-existing",
            "import", Archive, "--data", Other);
        var skipping = await Typed.RunAsync("import", Archive, "--data", Other, "--skip-existing");
        Assert.Matches(@"^imported 1 session, 3 changes: .*; 1 session left alone\n$", skipping.Output);
    }

    [Fact]
    public async Task A_file_that_is_refused_leaves_no_folder()
    {
        await FillAsync(Data, "a");
        Assert.Equal(0, (await Typed.RunAsync("export", Archive, "--data", Data)).ExitCode);
        await using (var file = File.OpenWrite(Archive))
        {
            file.SetLength(file.Length - 1);
        }

        var length = new FileInfo(Archive).Length;
        var refused = await Typed.RunAsync("import", Archive, "--data", Other);
        Assert.Matches($@"^snakepit: {Archive} is cut off: it ends at byte {length} within the record at byte \d+\n$", refused.Error);
        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.False(Directory.Exists(Other));
    }

    [Fact]
    public async Task An_export_that_fails_leaves_the_file_before_as_it_was()
    {
        await FillAsync(Data, "a");
        await File.WriteAllTextAsync(Archive, "before");
        var database = Path.Combine(Data, "snakepit.db");
        await using (var file = File.OpenWrite(database))
        {
            file.SetLength(file.Length / 2);
        }

        Assert.Equal(1, (await Typed.RunAsync("export", Archive, "--data", Data)).ExitCode);
        Assert.Equal("before", await File.ReadAllTextAsync(Archive));
        Assert.Equal([Archive], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task What_cannot_be_done_is_told_in_a_line()
    {
        await FillAsync(Data, "a");
        await ExpectAsync($"{Other} holds no sessions: it has no snakepit.db", "export", Archive, "--data", Other);
        await ExpectAsync("FILE: stdin cannot be checked before anything is changed; name a file", "import", "-", "--data", Other);
        await ExpectAsync($"Could not find file '{Archive}'.", "import", Archive, "--data", Other);
        await ExpectAsync($"{Data} is a folder", "export", Data, "--data", Data);
        await ExpectAsync("--cluster and --data exclude each other", "export", Archive, "--cluster", "--data", Data);
        await ExpectAsync(
            "--database: a secret cannot stand on the command line, where other users see it; set the variable SNAKEPIT_DATABASE",
            "import", Archive, "--cluster", "--database", "Host=a");
        Assert.False(Directory.Exists(Other));
    }

    private static async Task FillAsync(string folder, params string[] ids)
    {
        await using var store = SqliteStore.Open(folder);
        foreach (var id in ids)
        {
            await new ScriptedSession(store, id).AppendManyAsync("x", 3);
        }
    }

    private static async Task ExpectAsync(string message, params string[] arguments) =>
        Assert.Equal(new Typed(1, "", $"snakepit: {message}\n"), await Typed.RunAsync(arguments));
}
