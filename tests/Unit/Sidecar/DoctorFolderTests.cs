using System.Runtime.Versioning;
using Snakepit.Serving.Doctor;
using Snakepit.Sidecar.Doctor;
using Snakepit.Storage.Sqlite;

namespace Snakepit.Tests.Sidecar;

/// <summary>What `snakepit doctor` says of a data folder that may not be used: that it may not, and by whom.</summary>
public sealed class DoctorFolderTests : IDisposable
{
    private const int Denied = 13;
    private const int ReadOnly = 30;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("snakepit-doctor-");
    private readonly string _data;

    public DoctorFolderTests() => _data = Path.Combine(_folder.FullName, "data");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_folder_that_may_not_be_read_is_bad_with_its_name_and_the_users()
    {
        await MakeStoreAsync();
        var store = Examine(path => path == _data ? Denied : 0)[0];

        Assert.Equal(("store", Verdict.Bad), (store.Subject, store.Verdict));
        Assert.StartsWith($"{Environment.UserName} may not read and write {_data}", store.Text, StringComparison.Ordinal);
        Assert.Contains($"chown -R {Environment.UserName} {_data}", store.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_above_that_may_not_be_looked_into_is_named()
    {
        var store = Examine(path => path == _folder.FullName ? Denied : 0)[0];

        Assert.Equal(Verdict.Bad, store.Verdict);
        Assert.StartsWith($"{Environment.UserName} may not look into {_folder.FullName}", store.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_may_not_be_made_is_bad()
    {
        var asked = 0;
        var store = Examine(path => path == _folder.FullName && asked++ > 0 ? Denied : 0)[0];

        Assert.Equal(Verdict.Bad, store.Verdict);
        Assert.StartsWith($"{Environment.UserName} may not make anything in {_folder.FullName}", store.Text, StringComparison.Ordinal);
        Assert.Contains($"-o {Environment.UserName} {_data}", store.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("snakepit.db")]
    [InlineData("lock")]
    public async Task A_file_whose_right_is_missing_wants_that_right_and_no_backup(string name)
    {
        await MakeStoreAsync();
        var file = Path.Combine(_data, name);
        var findings = Examine(path => path == file ? Denied : 0);

        Assert.StartsWith($"{Environment.UserName} may not read and write {file}", findings[0].Text, StringComparison.Ordinal);
        Assert.DoesNotContain(findings, finding => finding.Advice.Contains("backup", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_system_that_is_mounted_read_only_is_told_from_a_right_that_is_missing()
    {
        await MakeStoreAsync();
        var store = Examine(path => path == _data ? ReadOnly : 0)[0];

        Assert.Equal(Verdict.Bad, store.Verdict);
        Assert.Contains("mounted read-only", store.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_may_be_used_is_looked_at()
    {
        await MakeStoreAsync();
        Assert.DoesNotContain(Examine(static _ => 0), finding => finding.Verdict == Verdict.Bad);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task The_kernel_is_asked_what_this_user_may()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "a privileged user may read anything");
        await MakeStoreAsync();
        File.SetUnixFileMode(_data, UnixFileMode.None);
        try
        {
            var typed = await Typed.RunAsync("doctor", "--data", _data, "--port", "0");
            Assert.Contains($"bad   store       {Environment.UserName} may not read and write {_data} (its mode is 000)", typed.Output, StringComparison.Ordinal);
        }
        finally
        {
            File.SetUnixFileMode(_data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public async Task A_folder_among_what_the_kernel_shows_is_bad()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "there is no /proc");
        var typed = await Typed.RunAsync("doctor", "--data", "/proc/1/x", "--port", "0");

        Assert.Equal(1, typed.ExitCode);
        Assert.Contains("bad   store       /proc/1/x cannot be a data folder", typed.Output, StringComparison.Ordinal);
        Assert.Contains("→ choose a folder on a disk with --data\n", typed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("the right to write", typed.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(28, "its disk is full", "make room there")]
    [InlineData(5, "broken", "look what is wrong with its disk")]
    public void A_full_disk_wants_room_and_no_rights(int error, string text, string advice)
    {
        var finding = FolderChecks.Unwritten(_data, new IOException("broken", error));

        Assert.Contains(text, finding.Text, StringComparison.Ordinal);
        Assert.Contains(advice, finding.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain("right to write", finding.Advice, StringComparison.Ordinal);
    }

    private async Task MakeStoreAsync()
    {
        await using var store = SqliteStore.Open(_data);
    }

    private IReadOnlyList<Finding> Examine(Func<string, int> access) =>
        [.. new FolderChecks(_data, isDeep: false, new FolderRights((path, _) => access(path)), TimeProvider.System).Run()];
}
