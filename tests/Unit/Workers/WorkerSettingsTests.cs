using Snakepit.Serving.CommandLine;
using Snakepit.Sidecar.Settings;
using Snakepit.Sidecar.Workers;
using Snakepit.Tests.Serving;
using Snakepit.Tests.Storage;

namespace Snakepit.Tests.Workers;

public sealed class WorkerSettingsTests
{
    [Fact]
    public void Untold_a_server_launches_no_workers() => Assert.Null(Options(new Told()));

    [Fact]
    public void Each_setting_reaches_the_option_it_is_named_after()
    {
        var options = Options(new Told()
            .By(WorkerGroup.Command, "/bin/sh 'a b'")
            .By(WorkerGroup.Workers, "2")
            .By(WorkerGroup.Adapter, "my.Adapter")
            .ByVariable(WorkerGroup.Variables, "A=1,B=2")
            .By(WorkerGroup.Affinity, "strict_queue")
            .By(WorkerGroup.Calls, "3")
            .By(WorkerGroup.Queue, "4")
            .By(WorkerGroup.QueueTimeout, "5s")
            .By(WorkerGroup.StartTimeout, "6s")
            .By(WorkerGroup.Silence, "7s"));
        Assert.NotNull(options);
        Assert.Equal(["/bin/sh", "a b"], options.Command);
        Assert.Equal(("my.Adapter", WorkerAffinity.StrictQueue), (options.Adapter, options.Affinity));
        Assert.Equal([new("A", "1"), new("B", "2")], options.Environment);
        Assert.Equal((2, 3, 4), (options.Workers, options.CallsPerWorker, options.MaxWaitingCalls));
        Assert.Equal(
            [5, 6, 7],
            new[] { options.QueueTimeout, options.StartTimeout, options.Silence }.Select(time => time.TotalSeconds));
    }

    [Fact]
    public void A_program_without_a_folder_is_looked_for_in_PATH()
    {
        Assert.EndsWith("/sh", Options(new Told().By(WorkerGroup.Command, "sh"))!.Command[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_may_hold_a_list_and_an_object()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("settings.json");
        File.WriteAllText(file, """{"worker-command": ["sh", "a b", "c,d"], "worker-env": {"A": "x,y=z"}}""");
        var options = Options(new Told().ByFile(file));
        Assert.NotNull(options);
        Assert.Equal(["a b", "c,d"], options.Command.Skip(1));
        Assert.Equal([new("A", "x,y=z")], options.Environment);
    }

    [Theory]
    [InlineData("nowhere-to-be-found x", "--worker-command: the program 'nowhere-to-be-found' is not found")]
    [InlineData("/etc/passwd", "--worker-command: the program '/etc/passwd' is not found")]
    [InlineData("'sh", "--worker-command: ''sh' is not a command: a program and its arguments, quoted as for a shell, or a JSON array of texts")]
    public void What_cannot_be_run_is_told_before_anything_starts(string command, string message) =>
        Assert.Equal(message, Mistake(new Told().By(WorkerGroup.Command, command)));

    [Fact]
    public void Who_says_how_workers_run_must_say_what_to_run()
    {
        Assert.Equal(
            "--workers says how workers run, but no --worker-command says what to run",
            Mistake(new Told().By(WorkerGroup.Workers, "3")));
    }

    [Fact]
    public void A_wrong_number_or_mode_is_named()
    {
        Assert.Equal(
            "--workers: '1001' is not a whole number, 1 to 1000",
            Mistake(new Told().By(WorkerGroup.Command, "sh").By(WorkerGroup.Workers, "1001")));
        Assert.Equal(
            "--worker-affinity: 'strict' is not one of hint, strict_queue, strict_fail_fast",
            Mistake(new Told().By(WorkerGroup.Command, "sh").By(WorkerGroup.Affinity, "strict")));
    }

    private static WorkerPoolOptions? Options(Told told) => ServeOptions.From(told.Read()).Workers;

    private static string Mistake(Told told) => Assert.Throws<MistakeException>(() => Options(told)).Message;
}
