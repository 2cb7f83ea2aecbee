using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Snakepit.Serving.Settings.Groups;
using Snakepit.Tests.Robustness.Support;

namespace Snakepit.Tests.Cluster.Processes;

/// <summary>What `deploy/` starts in containers starts: silo and gateway as the files say, but here and on free ports.</summary>
[Collection(PostgresForProcesses.Name)]
public sealed partial class DeploymentTests(PostgresForProcesses postgres)
{
    private const string AdminPort = "8080";

    [Fact]
    public async Task What_the_manifest_for_Kubernetes_starts_serves_and_passes_its_probes()
    {
        var database = await postgres.Server.CreateDatabaseAsync();
        var manifest = YamlFile.Read("deploy/kubernetes/snakepit.yaml");
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            await using var silo = await StartAsync("silo", ServerProcess.LaunchSilo);
            await using var gateway = await StartAsync("gateway", ServerProcess.LaunchGateway);
            await ServesAsync(gateway);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        async Task<ServerProcess> StartAsync(string part, Launch launch)
        {
            var container = Pod(manifest, part)["containers"]![0]!;
            var admin = FreePort.Next().ToString(CultureInfo.InvariantCulture);
            var config = Named(manifest, "ConfigMap", Pod(manifest, part)["volumes"]![0]!["configMap"]!["name"].Text())["data"]!["appsettings.json"].Text();
            var file = Path.Combine(folder.FullName, $"{part}.json");
            await File.WriteAllTextAsync(file, config.Replace($"*:{AdminPort}", $"127.0.0.1:{admin}", StringComparison.Ordinal));

            // What the pod is given and where it finds it. Who reaches it from elsewhere is told the pod's address.
            Assert.Equal("$(POD_IP)", Behind("--advertise", container["args"].Strings()));
            var environment = container["env"]!.AsArray().Select(variable => variable!["name"].Text()).ToList();
            Assert.Contains("SNAKEPIT_DATABASE", environment);
            var arguments = container["args"].Strings()
                .Select(argument => argument.Replace($"{container["volumeMounts"]![0]!["mountPath"].Text()}/appsettings.json", file, StringComparison.Ordinal))
                .Select(argument => Variable().Replace(argument, match => environment.Contains(match.Groups[1].Value) ? "127.0.0.1" : match.Value));
            var ports = container["ports"]!.AsArray().ToDictionary(port => port!["name"].Text(), port => port!["containerPort"].Text());
            Assert.All(ports, port => Assert.Equal(Default(port.Key), port.Value));
            return await CheckedAsync(launch([("SNAKEPIT_DATABASE", database)], null, arguments), async () =>
            {
                using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
                foreach (var probe in (string[])["startupProbe", "livenessProbe", "readinessProbe"])
                {
                    var get = container[probe]!["httpGet"]!;
                    Assert.Equal("admin", get["port"].Text());
                    var page = new Uri($"http://127.0.0.1:{admin}{get["path"].Text()}");
                    await Deadlines.UntilAsync($"{part} passes its {probe}", () => StatusAsync(http, page), status => status == HttpStatusCode.OK);
                }
            });
        }
    }

    [Fact]
    public async Task What_the_compose_file_starts_serves_and_passes_its_health_checks()
    {
        var database = await postgres.Server.CreateDatabaseAsync();
        var services = Assert.Single(YamlFile.Read("deploy/compose.yaml"))["services"]!;
        await using var silo = await StartAsync("silo-1", ServerProcess.LaunchSilo);
        await using var gateway = await StartAsync("gateway-1", ServerProcess.LaunchGateway);
        await ServesAsync(gateway);

        async Task<ServerProcess> StartAsync(string name, Launch launch)
        {
            var service = services[name]!;
            var admin = FreePort.Next().ToString(CultureInfo.InvariantCulture);
            string Here(string text) => Address().Replace(text, "127.0.0.1").Replace(AdminPort, admin, StringComparison.Ordinal);
            Assert.NotNull(service["environment"]!["SNAKEPIT_DATABASE"]);
            Assert.Equal(service["networks"]!["default"]!["ipv4_address"].Text(), Behind("--advertise", service["command"].Strings()));
            Assert.All(service["ports"]?.AsArray() ?? [], port => Assert.EndsWith($":{Default("grpc")}", port.Text(), StringComparison.Ordinal));
            var check = service["healthcheck"]!["test"].Strings().Select(Here).ToList();
            Assert.Equal("CMD", check[0]);
            return await CheckedAsync(
                launch([("SNAKEPIT_DATABASE", database)], null, service["command"].Strings().Select(Here)),
                () => Deadlines.UntilAsync($"{name} is healthy", () => RunAsync(check[1], check[2..]), status => status == 0));
        }
    }

    // One that does not pass is ended.
    private static async Task<ServerProcess> CheckedAsync(ServerProcess process, Func<Task> check)
    {
        await process.OnceReadyAsync();
        try
        {
            await check();
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    private static async Task<HttpStatusCode?> StatusAsync(HttpClient http, Uri page)
    {
        try
        {
            using var answer = await http.GetAsync(page);
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private static string Behind(string option, IReadOnlyList<string> arguments) =>
        arguments.SkipWhile(argument => argument != option).Skip(1).First();

    // Where a process listens that is not told.
    private static string Default(string port) => port switch
    {
        "silo" => SiloGroup.SiloPort.DefaultText!,
        "client" => SiloGroup.ClientPort.DefaultText!,
        "grpc" => ListenGroup.Port.DefaultText!,
        _ => AdminPort,
    };

    private static async Task ServesAsync(ServerProcess gateway)
    {
        await gateway.Client.RegisterAsync("deployed", "x");
        Assert.Equal(2, (await gateway.Client.SetAsync("deployed", "x", "7")).Revision);
    }

    private static JsonNode Pod(IReadOnlyList<JsonNode> manifest, string part) =>
        Named(manifest, "Deployment", part)["spec"]!["template"]!["spec"]!;

    private static JsonNode Named(IReadOnlyList<JsonNode> manifest, string kind, string name) =>
        manifest.Single(document => document["kind"].Text() == kind && document["metadata"]!["name"].Text() == name);

    private static async Task<int> RunAsync(string command, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments))!;
        await process.WaitForExitAsync().Within($"the end of {command}");
        return process.ExitCode;
    }

    [GeneratedRegex(@"\$\((\w+)\)")]
    private static partial Regex Variable();

    [GeneratedRegex(@"172(\.\d+){3}")]
    private static partial Regex Address();

    private delegate ServerProcess Launch(
        IEnumerable<(string Variable, string Value)> settings, Place? place, params IEnumerable<string> arguments);
}
