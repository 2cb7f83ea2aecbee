using Snakepit.Serving.CommandLine;
using Snakepit.Serving.Settings.Groups;
using Snakepit.Sidecar;
using Snakepit.Sidecar.Settings;
using Snakepit.Tests.Serving;
using Snakepit.Tests.Storage;
using Snakepit.Transport;

namespace Snakepit.Tests.Sidecar;

public sealed class ServeOptionsTests
{
    [Fact]
    public void Untold_a_server_runs_as_its_options_default_to_but_keeps_its_data()
    {
        var options = Options(new Told());
        var expected = SidecarOptions.Default;
        Assert.Equal(expected.Endpoints, options.Endpoints);
        Assert.Equal(DataFolders.Default, options.DataFolder);
        Assert.Equal(expected.Sessions, options.Sessions);
        Assert.Equal(expected.Hosting, options.Hosting);
        Assert.Equal(expected.Calculator.IdleTime, options.Calculator.IdleTime);
        Assert.Equal(expected.Calculator.MaxCalculations, options.Calculator.MaxCalculations);
        Assert.Equal(expected.Watches, options.Watches);
        Assert.Equal(expected.MaxReceiveMessageSize, options.MaxReceiveMessageSize);
        Assert.Equal(expected.Capacity, options.Capacity);
    }

    [Fact]
    public void Each_setting_reaches_the_option_it_is_named_after()
    {
        var options = Options(new Told()
            .By(SessionGroup.Ttl, "1s")
            .By(HostGroup.Idle, "2s")
            .By(WatchGroup.Heartbeat, "3s")
            .By(SessionGroup.HistoryLimit, "4")
            .By(HostGroup.ReplayableChanges, "5")
            .By(HostGroup.ReplayableAge, "6s")
            .By(CalculatorGroup.CalculatorTtl, "7s")
            .By(CalculatorGroup.MaxCalculations, "8")
            .By(HostGroup.MaxSessions, "9")
            .By(LimitGroup.MaxVariables, "10")
            .By(WatchGroup.MaxWatchers, "11")
            .By(LimitGroup.MaxNameBytes, "12")
            .By(LimitGroup.MaxValueBytes, "13")
            .By(LimitGroup.MaxBatch, "14")
            .By(LimitGroup.MaxMetadataEntries, "15")
            .By(LimitGroup.MaxMetadataBytes, "16")
            .By(ListenGroup.MaxMessageBytes, "17")
            .By(ListenGroup.MaxConnections, "18")
            .By(ListenGroup.MaxIncompleteBytes, "19")
            .By(HostGroup.ReplayableBytes, "20"));
        Assert.Equal(
            [1, 2, 3, 6, 7],
            new[]
            {
                options.Sessions.Ttl, options.Hosting.IdleTime, options.Watches.Heartbeat,
                options.Hosting.ReplayableAge, options.Calculator.IdleTime,
            }.Select(time => time.TotalSeconds));
        var limits = options.Sessions.Limits;
        Assert.Equal(
            [4L, 5, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20],
            [
                options.Sessions.HistoryLimit, options.Hosting.ReplayableChanges, options.Calculator.MaxCalculations,
                options.Hosting.MaxSessions, limits.MaxVariables, options.Watches.MaxWatchers, limits.MaxNameBytes,
                limits.MaxValueBytes, limits.MaxBatch, limits.MaxMetadataEntries, limits.MaxMetadataBytes,
                options.MaxReceiveMessageSize, options.Capacity.Connections, options.Capacity.IncompleteBytes,
                options.Hosting.ReplayableBytes,
            ]);
    }

    [Fact]
    public void An_address_without_a_port_gets_the_servers()
    {
        var options = Options(new Told().By(ListenGroup.Port, "7").By(ListenGroup.Listen, "localhost, [::1]:3000"));
        Assert.Equal([new GrpcEndpoint("localhost", 7), new GrpcEndpoint("::1", 3000)], options.Endpoints);
    }

    [Theory]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("*", "*")]
    [InlineData("::", "::")]
    [InlineData("localhost,10.0.0.1:3000", "10.0.0.1:3000")]
    [InlineData("[fe80::1]:3000", "[fe80::1]:3000")]
    [InlineData("example.org", "example.org")]
    public void Other_machines_are_served_only_if_that_is_said(string listen, string culprit)
    {
        Assert.Equal(
            $"--listen {culprit}: other machines could reach it, and nothing is encrypted (--tls-cert) and nobody is asked who they are (--tls-client-ca); say --insecure if that is meant",
            Mistake(new Told().By(ListenGroup.Listen, listen)));
        Assert.NotEmpty(Options(new Told().By(ListenGroup.Listen, listen).By(ListenGroup.Insecure, "true")).Endpoints);
    }

    [Theory]
    [InlineData("localhost:8081", "auto", null)]
    [InlineData("127.0.0.1:8081", "on", null)]
    [InlineData("[::1]:8081", "off", "--console is off")]
    [InlineData("*:8081", "auto", "other machines can reach this port; --console on, if that is meant")]
    [InlineData("0.0.0.0:8081", "off", "--console is off")]
    public void The_console_is_where_only_this_machine_can_reach_it(string admin, string console, string? why) => Assert.Equal(
        why,
        Options(new Told().By(AdminGroup.Admin, admin).By(AdminGroup.Console, console).By(ListenGroup.Insecure, "true")).Admin!.NoConsole);

    [Fact]
    public void Other_machines_get_a_console_only_if_it_is_said_twice()
    {
        var told = new Told().By(AdminGroup.Admin, "*:8081").By(AdminGroup.Console, "on");
        Assert.StartsWith("--admin *:8081: other machines could reach it, and nothing is encrypted", Mistake(told), StringComparison.Ordinal);
        Assert.Null(Options(told.By(ListenGroup.Insecure, "true")).Admin!.NoConsole);
        Assert.Equal(
            "--console on: there is no admin port; --admin says where it is", Mistake(new Told().By(AdminGroup.Console, "on")));
    }

    [Fact]
    public void In_memory_there_is_no_folder()
    {
        Assert.Null(Options(new Told().By(ServeSettings.Memory, "true")).DataFolder);
    }

    [Fact]
    public void A_folder_is_where_the_process_stands_when_it_starts()
    {
        Assert.Equal(Path.GetFullPath("somewhere"), Options(new Told().By(ServeSettings.Data, "somewhere")).DataFolder);
    }

    [Fact]
    public void Of_memory_and_a_folder_the_stronger_source_wins()
    {
        var folder = new Told().ByVariable(ServeSettings.Memory, "true").By(ServeSettings.Data, "somewhere");
        Assert.NotNull(Options(folder).DataFolder);
        var memory = new Told().ByVariable(ServeSettings.Data, "somewhere").By(ServeSettings.Memory, "true");
        Assert.Null(Options(memory).DataFolder);
        var neither = new Told().By(ServeSettings.Data, "somewhere").ByVariable(ServeSettings.Memory, "false");
        Assert.NotNull(Options(neither).DataFolder);
    }

    [Fact]
    public void Memory_and_a_folder_from_the_same_source_exclude_each_other()
    {
        const string Contradiction = "--memory and --data exclude each other";
        Assert.Equal(Contradiction, Mistake(new Told().By(ServeSettings.Memory, "true").By(ServeSettings.Data, "a")));
        Assert.Equal(
            Contradiction, Mistake(new Told().ByVariable(ServeSettings.Memory, "1").ByVariable(ServeSettings.Data, "a")));
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("settings.json"), """{"memory": true, "data": "a"}""");
        Assert.Equal(Contradiction, Mistake(new Told().ByFile(folder.File("settings.json"))));
    }

    private static SidecarOptions Options(Told told) => ServeOptions.From(told.Read());

    private static string Mistake(Told told) => Assert.Throws<MistakeException>(() => Options(told)).Message;
}
