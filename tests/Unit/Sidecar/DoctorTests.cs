using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Sidecar;
using Snakepit.Tests.Unit.Transport;
using Snakepit.Transport;

namespace Snakepit.Tests.Sidecar;

/// <summary>`snakepit doctor` finds what keeps a server from serving, and says what to do.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("snakepit-doctor-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(TestAuthority.ClientUse, "bad", "is not meant for servers")]
    [InlineData(TestAuthority.ServerUse, "ok", "is valid for")]
    public async Task A_certificate_with_which_no_client_could_connect_is_found(string use, string level, string words)
    {
        using var authority = new TestAuthority();
        var files = authority.Issue("server", use);
        var finding = await TlsFindingAsync(files, authority.Certificate);
        Assert.Equal(level, finding.GetProperty("verdict").GetString());
        Assert.Contains(words, finding.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_leaf_in_the_place_of_an_authority_is_found()
    {
        using var authority = new TestAuthority();
        var finding = await TlsFindingAsync(authority.Issue("server"), authority.Issue("client", TestAuthority.ClientUse).Certificate!);
        Assert.Equal("bad", finding.GetProperty("verdict").GetString());
        Assert.Contains("is no authority", finding.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_folder_and_a_free_port_are_good_and_nothing_is_made()
    {
        var data = Path.Combine(_folder.FullName, "data");
        var (exitCode, findings) = await ExamineAsync("--data", data, "--port", "0");

        Assert.Equal(0, exitCode);
        Assert.Equal("ok", findings["settings"]);
        Assert.Equal("ok", findings["store"]);
        Assert.Equal("ok", findings["port"]);
        Assert.DoesNotContain("bad", findings.Values);
        Assert.False(Directory.Exists(data));
        Assert.Empty(_folder.GetFiles());
    }

    [Theory]
    [InlineData("")]
    [InlineData("data")]
    public async Task A_file_where_the_data_folder_or_one_above_it_should_be_is_bad(string below)
    {
        var file = Path.Combine(_folder.FullName, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        var (exitCode, findings) = await ExamineAsync("--data", Path.Combine(file, below), "--port", "0");

        Assert.Equal(1, exitCode);
        Assert.Equal("bad", findings["store"]);
    }

    [Fact]
    public async Task A_mistaken_setting_is_told_with_where_it_stands()
    {
        var typed = await Typed.RunAsync("doctor", "--ttl", "soon");

        Assert.Equal(1, typed.ExitCode);
        Assert.StartsWith("bad   settings    --ttl: ", typed.Output, StringComparison.Ordinal);
        Assert.Contains("→ see snakepit serve --help", typed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_another_program_has_is_bad()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var (exitCode, findings) = await ExamineAsync(
            "--data", _folder.FullName, "--port", port.ToString(CultureInfo.InvariantCulture));

        Assert.Equal(1, exitCode);
        Assert.Equal("bad", findings["port"]);
    }

    [Fact]
    public async Task A_server_that_runs_is_recognised_by_its_port_and_its_store()
    {
        await using var server = await SidecarServer.StartAsync(
            SidecarOptions.Default with { Endpoints = [new GrpcEndpoint("127.0.0.1", 0)], DataFolder = _folder.FullName },
            NullLoggerFactory.Instance);
        var typed = await Typed.RunAsync(
            "doctor", "--data", _folder.FullName, "--listen", "127.0.0.1", "--port", server.Port.ToString(CultureInfo.InvariantCulture));

        Assert.Equal(0, typed.ExitCode);
        Assert.Contains("a snakepit serves there already", typed.Output, StringComparison.Ordinal);
        Assert.Contains("; a server uses it", typed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_of_another_store_is_told_from_the_one_of_this_store()
    {
        var other = Path.Combine(_folder.FullName, "other");
        await using var server = await SidecarServer.StartAsync(
            SidecarOptions.Default with { Endpoints = [new GrpcEndpoint("127.0.0.1", 0)], DataFolder = other },
            NullLoggerFactory.Instance);
        var port = server.Port.ToString(CultureInfo.InvariantCulture);
        var ofAnother = await Typed.RunAsync("doctor", "--data", Path.Combine(_folder.FullName, "data"), "--listen", "127.0.0.1", "--port", port);

        Assert.Equal(1, ofAnother.ExitCode);
        Assert.Contains($"bad   port        127.0.0.1:{port}: a snakepit serves there already, with another store\n", ofAnother.Output, StringComparison.Ordinal);

        var elsewhere = await Typed.RunAsync("doctor", "--data", other, "--port", "0");
        Assert.Equal(0, elsewhere.ExitCode);
        Assert.Contains("warn  port        localhost:0 is free, but a server uses the store\n", elsewhere.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not a database")]
    [InlineData("")]
    public async Task A_file_that_is_no_store_is_bad_and_stays_as_it_is(string content)
    {
        var file = Path.Combine(_folder.FullName, "snakepit.db");
        await File.WriteAllTextAsync(file, content, TestContext.Current.CancellationToken);
        var (exitCode, findings) = await ExamineAsync("--data", _folder.FullName, "--port", "0", "--deep");

        Assert.Equal(1, exitCode);
        Assert.Equal("bad", findings["store"]);
        Assert.Equal(content, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_collector_that_does_not_answer_and_a_store_in_memory_are_doubtful()
    {
        var (exitCode, findings) = await ExamineAsync("--memory", "--port", "0", "--otlp", $"http://127.0.0.1:{FreePort.Next()}");

        Assert.Equal(0, exitCode);
        Assert.Equal("warn", findings["collector"]);
        Assert.Equal("warn", findings["store"]);
    }

    [Fact]
    public async Task Workers_whose_program_is_missing_are_a_mistaken_setting()
    {
        var typed = await Typed.RunAsync("doctor", "--worker-command", "no-such-program");

        Assert.Equal(1, typed.ExitCode);
        Assert.Contains("no-such-program", typed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_and_an_access_file_that_cannot_be_read_are_bad()
    {
        var missing = Path.Combine(_folder.FullName, "missing");
        var (exitCode, findings) = await ExamineAsync(
            "--memory", "--port", "0", "--tls-cert", missing, "--tls-key", missing, "--access", missing);

        Assert.Equal(1, exitCode);
        Assert.Equal("bad", findings["tls"]);
        Assert.Equal("bad", findings["access"]);
    }

    private static async Task<JsonElement> TlsFindingAsync(TlsFiles files, string clientAuthority)
    {
        var typed = await Typed.RunAsync(
            "doctor", "--json", "--memory", "--port", "0", "--tls-cert", files.Certificate!, "--tls-key", files.Key!, "--tls-client-ca", clientAuthority);
        return typed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Single(finding => finding.GetProperty("subject").GetString() == "tls");
    }

    private static async Task<(int ExitCode, IReadOnlyDictionary<string, string> Verdicts)> ExamineAsync(params string[] options)
    {
        var typed = await Typed.RunAsync(["doctor", "--json", .. options]);
        var findings = typed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement);
        return (typed.ExitCode, findings
            .GroupBy(finding => finding.GetProperty("subject").GetString()!)
            .ToDictionary(group => group.Key, group => group.First().GetProperty("verdict").GetString()!));
    }
}
