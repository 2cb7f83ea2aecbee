using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Snakepit.GrpcGateway;
using Snakepit.Serving.CommandLine;
using Snakepit.Silo;
using Snakepit.Storage.Postgres;
using Snakepit.Tests.Unit.Transport;
using Snakepit.Transport;

namespace Snakepit.Tests.Contract;

/// <summary>`snakepit-silo doctor` and `snakepit-gateway doctor` find what keeps a cluster from serving, and say what to do.</summary>
public sealed class ClusterDoctorTests : IAsyncLifetime, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("snakepit-cluster-doctor-");
    private readonly TestAuthority _authority = new("cluster");
    private readonly string _schema = $"doctor{Guid.NewGuid():N}";
    private string _database = "";

    public async ValueTask InitializeAsync() => _database = await SharedPostgres.ConnectionStringAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_new_cluster_is_good_and_nothing_is_made()
    {
        var silo = await ExamineAsync(new SiloDoctor(), "--silo-port", "0", "--client-port", "0");
        Assert.Equal(0, silo.ExitCode);
        Assert.StartsWith("PostgreSQL ", silo.Text("database"), StringComparison.Ordinal);
        Assert.EndsWith("is not there yet; it will be made", silo.Text("schema"), StringComparison.Ordinal);
        Assert.EndsWith("this would be the first", silo.Text("silos"), StringComparison.Ordinal);
        Assert.Equal(("ok", "ok", "ok", "ok"), (silo.Verdict("clock"), silo.Verdict("connections"), silo.Verdict("silo port"), silo.Verdict("client port")));

        var gateway = await ExamineAsync(new GatewayDoctor(), "--port", "0");
        Assert.Equal(0, gateway.ExitCode);
        Assert.Equal(("warn", "cluster snakepit has none"), (gateway.Verdict("silos"), gateway.Text("silos")));

        Assert.Empty(await NamesOfSchemasAsync(_schema));
    }

    [Fact]
    public async Task A_cluster_that_runs_is_recognised_by_its_silos_and_ports()
    {
        await using var silo = await SiloServer.StartAsync(
            new SiloOptions { Database = new PostgresOptions(_database) { Schema = _schema }, SiloPort = 0, ClientPort = 0 }, NullLoggerFactory.Instance);
        var present = PostgresInspection.PresentVersion.ToString(CultureInfo.InvariantCulture);
        var gateway = await ExamineAsync(new GatewayDoctor(), "--port", "0");
        Assert.Equal(0, gateway.ExitCode);
        Assert.Equal($"{_schema} is version {present}", gateway.Text("schema"));
        Assert.Equal($"snakepit has 1 silo, which can be connected to: 127.0.0.1:{silo.ClientPort}", gateway.Text("silos"));

        var same = await ExamineAsync(new SiloDoctor(), "--silo-port", $"{silo.SiloPort}", "--client-port", $"{silo.ClientPort}");
        Assert.Equal(0, same.ExitCode);
        Assert.EndsWith("a silo of this cluster serves there already", same.Text("silo port"), StringComparison.Ordinal);
        Assert.EndsWith("a silo of this cluster serves there already", same.Text("client port"), StringComparison.Ordinal);

        // One that the table still calls active, as after a crash; and a schema from the future.
        await RunAsync(
            $"UPDATE {_schema}.orleans_silo SET port = {FreePort.Next()}, gateway_port = {FreePort.Next()};" +
            $"INSERT INTO {_schema}.schema_version(version, name) VALUES (1000, 'from the future')");
        Assert.Equal("bad", (await ExamineAsync(new GatewayDoctor(), "--port", "0")).Verdict("silos"));
        var newer = await ExamineAsync(new SiloDoctor(), "--silo-port", "0", "--client-port", "0");
        Assert.Equal(1, newer.ExitCode);
        Assert.Equal("warn", newer.Verdict("silos"));
        Assert.Equal(("bad", "use a newer program"), (newer.Verdict("schema"), newer.Advice("schema")));
    }

    [Fact]
    public async Task A_gateway_that_others_cannot_reach_where_they_are_told_is_doubtful()
    {
        var told = await ExamineAsync(new GatewayDoctor(), "--port", "0", "--listen", "*", "--insecure");
        Assert.Equal("warn", told.Verdict("gateways"));
        Assert.Contains("--advertise", told.Advice("gateways"), StringComparison.Ordinal);
        var listening = await ExamineAsync(new GatewayDoctor(), "--port", "0", "--advertise", "10.0.0.1", "--insecure");
        Assert.Equal("warn", listening.Verdict("gateways"));
        Assert.Contains("--listen", listening.Advice("gateways"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_cannot_be_asked_is_named_without_its_password()
    {
        _database = $"Host=127.0.0.1;Port={FreePort.Next()};Username=u;Password=swordfish;Database=d";
        foreach (var doctor in new Command[] { new SiloDoctor(), new GatewayDoctor() })
        {
            var found = await ExamineAsync(doctor);
            Assert.Equal(1, found.ExitCode);
            Assert.Equal("bad", found.Verdict("database"));
            Assert.DoesNotContain("swordfish", found.Output, StringComparison.Ordinal);
            Assert.Equal("", found.Verdict("schema"));
        }
    }

    [Fact]
    public async Task Without_a_database_the_setting_is_named()
    {
        _database = "";
        var found = await ExamineAsync(new SiloDoctor());
        Assert.Equal((1, "bad"), (found.ExitCode, found.Verdict("settings")));
        Assert.StartsWith("SNAKEPIT_DATABASE is not set", found.Text("settings"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_not_make_the_schema_is_told_how_he_gets_it()
    {
        var user = $"poor{Guid.NewGuid():N}";
        await RunAsync($"CREATE ROLE {user} LOGIN PASSWORD 'x'");
        _database = new NpgsqlConnectionStringBuilder(_database) { Username = user, Password = "x" }.ConnectionString;
        var found = await ExamineAsync(new GatewayDoctor(), "--port", "0");
        Assert.Equal((1, "bad"), (found.ExitCode, found.Verdict("schema")));
        Assert.Contains($"CREATE SCHEMA {_schema} AUTHORIZATION \"{user}\"", found.Advice("schema"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_of_another_program_is_bad_and_so_is_a_foreign_address()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var taken = await ExamineAsync(new SiloDoctor(), "--silo-port", $"{port}", "--client-port", "0");
        Assert.Equal((1, "bad", "ok"), (taken.ExitCode, taken.Verdict("silo port"), taken.Verdict("client port")));

        // Of a network for documentation: no machine has it.
        var foreign = await ExamineAsync(new SiloDoctor(), "--advertise", "192.0.2.1", "--insecure");
        Assert.Equal("bad", foreign.Verdict("silo port"));
        Assert.Contains("--advertise", foreign.Advice("silo port"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_the_others_would_refuse_is_bad()
    {
        using var stranger = new TestAuthority("stranger");
        Assert.Equal("ok", (await ExamineTlsAsync(_authority.Issue("good"))).Verdict("cluster tls"));

        var foreign = await ExamineTlsAsync(stranger.Issue("rogue") with { Authorities = _authority.Certificate });
        Assert.Equal((1, "bad"), (foreign.ExitCode, foreign.Verdict("cluster tls")));
        Assert.Contains("comes from an authority that is not trusted", foreign.Text("cluster tls"), StringComparison.Ordinal);

        var half = await ExamineTlsAsync(_authority.Issue("half", TestAuthority.ServerUse));
        Assert.Equal("bad", half.Verdict("cluster tls"));
        Assert.Contains("as a client's", half.Text("cluster tls"), StringComparison.Ordinal);

        Task<Findings> ExamineTlsAsync(TlsFiles files) => ExamineAsync(
            new GatewayDoctor(), "--port", "0", "--cluster-tls-cert", files.Certificate!, "--cluster-tls-key", files.Key!, "--cluster-tls-ca", files.Authorities!);
    }

    [Fact]
    public async Task For_people_it_is_lines_and_what_to_do_is_below()
    {
        var output = (await RunAsync(new GatewayDoctor(), json: false, "--port", "0")).Output;
        Assert.StartsWith("ok    settings    understood\n", output, StringComparison.Ordinal);
        Assert.Contains("\nwarn  silos       cluster snakepit has none\n      → start one, ", output, StringComparison.Ordinal);
    }

    private Task<Findings> ExamineAsync(Command doctor, params string[] options) => RunAsync(doctor, json: true, options);

    private async Task<Findings> RunAsync(Command doctor, bool json, params string[] options)
    {
        // A secret is not for the command line.
        var file = Path.Combine(_folder.FullName, $"{Guid.NewGuid():N}.json");
        var settings = new Dictionary<string, string> { ["database-schema"] = _schema };
        if (_database.Length > 0)
        {
            settings["database"] = _database;
        }

        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(settings), TestContext.Current.CancellationToken);
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var runner = new CommandRunner(new ProgramText("program", "Under test."), server: null, () => [new("doctor", () => doctor)]);
        var exitCode = await runner.RunAsync(["doctor", "--config", file, .. json ? ["--json"] : Array.Empty<string>(), .. options], () => output, () => error);
        Assert.Empty(error.ToString());
        return new Findings(exitCode, output.ToString().ReplaceLineEndings("\n"));
    }

    private static async Task RunAsync(string statement)
    {
        await using var connection = new NpgsqlConnection(await SharedPostgres.ConnectionStringAsync());
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<List<string>> NamesOfSchemasAsync(string name)
    {
        await using var connection = new NpgsqlConnection(await SharedPostgres.ConnectionStringAsync());
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand("SELECT nspname FROM pg_namespace WHERE nspname = $1", connection) { Parameters = { new() { Value = name } } };
        await using var rows = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        List<string> found = [];
        while (await rows.ReadAsync(TestContext.Current.CancellationToken))
        {
            found.Add(rows.GetString(0));
        }

        return found;
    }

    private sealed record Findings(int ExitCode, string Output)
    {
        public string Verdict(string subject) => Of(subject, "verdict");

        public string Text(string subject) => Of(subject, "text");

        public string Advice(string subject) => Of(subject, "advice");

        /// <summary>The first finding of the subject; empty where there is none.</summary>
        private string Of(string subject, string property) => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Where(finding => finding.GetProperty("subject").GetString() == subject)
            .Select(finding => finding.TryGetProperty(property, out var value) ? value.GetString()! : "")
            .FirstOrDefault("");
    }
}
