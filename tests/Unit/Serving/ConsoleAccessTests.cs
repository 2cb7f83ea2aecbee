using System.Net;
using Snakepit.Serving.Admin;
using Snakepit.Tests.Unit.Transport;
using Snakepit.Tests.Unit.Transport.Web;
using Snakepit.Transport;

namespace Snakepit.Tests.Serving;

/// <summary>Who may call through the console's port: its own page, under a name that is the server's.</summary>
public sealed class ConsoleAccessTests
{
    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST:9999", true)]
    [InlineData("box.localhost:8081", true)]
    [InlineData("127.0.0.1:8081", true)]
    [InlineData("[::1]:8081", true)]
    [InlineData("192.0.2.7", true)]
    [InlineData("admin.example", true)]
    [InlineData("console.example:443", true)]
    [InlineData("evil.example", false)]
    [InlineData("localhost.evil.example", false)]
    [InlineData("127.0.0.1.evil.example", false)]
    [InlineData("evil-localhost", false)]
    [InlineData("", false)]
    public void Only_names_of_the_server_are_answered(string host, bool allowed)
    {
        var hosts = new ConsoleHosts(new AdminOptions(new GrpcEndpoint("admin.example", 8081)) { ConsoleHosts = ["console.example"] });
        Assert.Equal(allowed, hosts.Allow(host));
    }

    [Theory]
    [InlineData("localhost:8081", "", "", true)]
    [InlineData("localhost:8081", "http://localhost:8081", "same-origin", true)]
    [InlineData("console.example", "https://console.example", "same-origin", true)]
    [InlineData("console.example:443", "https://console.example", "", true)]
    [InlineData("localhost:8081", "http://localhost:8082", "", false)]
    [InlineData("localhost:8081", "http://localhost:8081", "same-site", false)]
    [InlineData("localhost:8081", "http://evil.example", "cross-site", false)]
    [InlineData("localhost:8081", "", "cross-site", false)]
    [InlineData("localhost:8081", "null", "", false)]
    public void Only_the_servers_own_page_may_call(string host, string origin, string site, bool allowed) =>
        Assert.Equal(allowed, ConsoleHosts.IsOwnPage(host, origin, site));

    [Fact]
    public async Task A_call_by_another_name_is_misdirected()
    {
        await using var rig = await WebRig.StartAsync(EchoServer.Echo());
        using var response = await rig.SendAsync(EchoServer.Unary, WebRig.Frame("hi"), ("Host", "evil.example"));
        Assert.Equal(HttpStatusCode.MisdirectedRequest, response.StatusCode);
        Assert.Equal(
            "this server does not answer as evil.example; --console-host says if it should\n",
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_call_by_another_page_is_forbidden_and_nothing_allows_it_to_be_asked()
    {
        await using var rig = await WebRig.StartAsync(EchoServer.Echo());
        using var response = await rig.SendAsync(EchoServer.Unary, WebRig.Frame("hi"), ("Origin", "http://evil.example"));
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);

        using var preflight = new HttpRequestMessage(HttpMethod.Options, EchoServer.Unary);
        preflight.Headers.Add("Origin", "http://evil.example");
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        using var answer = await rig.Client.SendAsync(preflight, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.DoesNotContain(answer.Headers, header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    public async Task Probes_are_answered_by_any_name(string path)
    {
        await using var rig = await WebRig.StartAsync(EchoServer.Echo());
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = "pod-7.cluster" } };
        using var answer = await rig.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Without_a_console_no_call_is_answered_and_the_reason_is_told()
    {
        var options = new AdminOptions(new GrpcEndpoint("127.0.0.1", 0)) { NoConsole = "--console is off" };
        await using var rig = await WebRig.StartAsync(new EchoServer.Settings(), _ => [EchoServer.Echo()], options);
        using var response = await rig.SendAsync(EchoServer.Unary, WebRig.Frame("hi"));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(
            "there are /healthz, /readyz; no console: --console is off\n",
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
