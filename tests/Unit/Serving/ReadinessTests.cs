using Snakepit.Serving.CommandLine;
using Snakepit.Tests.Storage;

namespace Snakepit.Tests.Serving;

public sealed class ReadinessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_file_holds_the_port_and_nothing_else()
    {
        var file = _folder.File("ready");
        Readiness.WriteAtOnce(file, "50051");
        Assert.Equal("50051"u8, File.ReadAllBytes(file));
        Assert.Equal([file], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void It_takes_the_place_of_an_older_one_by_its_name_alone()
    {
        var file = _folder.File("ready");
        File.WriteAllText(file, "older and longer");
        using var older = new StreamReader(new FileStream(
            file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        Readiness.WriteAtOnce(file, "50051");

        // Written in place, the file a reader has open would have changed under it.
        Assert.Equal("older and longer", older.ReadToEnd());
        Assert.Equal("50051", File.ReadAllText(file));
        Assert.Equal([file], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_a_mistake_that_names_the_variable()
    {
        var file = Path.Combine(_folder.File("absent"), "ready");
        var mistake = Assert.Throws<MistakeException>(() => Readiness.WriteAtOnce(file, "50051"));
        Assert.StartsWith($"SNAKEPIT_READY_FILE: {file} cannot be written: ", mistake.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Mistake, mistake.ExitCode);
    }

    [Fact]
    public void Where_the_name_is_taken_by_a_folder_nothing_is_left_behind()
    {
        var file = _folder.File("ready");
        Directory.CreateDirectory(file);
        var mistake = Assert.Throws<MistakeException>(() => Readiness.WriteAtOnce(file, "50051"));
        Assert.StartsWith($"SNAKEPIT_READY_FILE: {file} cannot be written: ", mistake.Message, StringComparison.Ordinal);
        Assert.Equal([file], Directory.GetFileSystemEntries(_folder.Path));
    }
}
