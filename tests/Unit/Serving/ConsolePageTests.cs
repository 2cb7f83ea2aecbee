using System.Net;
using System.Text.RegularExpressions;
using Snakepit.Tests.Unit.Transport;
using Snakepit.Tests.Unit.Transport.Web;
using Snakepit.WebConsole;

namespace Snakepit.Tests.Serving;

/// <summary>The files of the console. Where the build could not fetch what they are made with there are none.</summary>
public sealed partial class ConsolePageTests
{
    [Fact]
    public async Task The_page_names_files_that_never_change_under_their_names()
    {
        await using var rig = await WebRig.StartAsync(EchoServer.Echo());
        using var page = await rig.Client.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        if (!ConsoleFiles.AreBuilt)
        {
            Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
            Assert.StartsWith(
                "this build of snakepit has no console",
                await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
                StringComparison.Ordinal);
            return;
        }

        Assert.Contains("default-src 'self'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.True(page.Headers.CacheControl!.NoCache);
        var assets = AssetPath().Matches(await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(3, assets.Count);
        foreach (Match asset in assets)
        {
            using var file = await rig.Client.GetAsync(new Uri(asset.Value, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, file.StatusCode);
            Assert.Contains("immutable", file.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
            Assert.Equal("nosniff", file.Headers.GetValues("X-Content-Type-Options").Single());
        }

        using var again = new HttpRequestMessage(HttpMethod.Get, "/");
        again.Headers.Add("If-None-Match", page.Headers.ETag!.ToString());
        using var unchanged = await rig.Client.SendAsync(again, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Fact]
    public async Task Where_a_page_is_not_there_the_one_that_is_is_named()
    {
        Assert.SkipUnless(ConsoleFiles.AreBuilt, "the console could not be built here");
        await using var rig = await WebRig.StartAsync(EchoServer.Echo());
        using var missing = await rig.Client.GetAsync(new Uri("/nowhere", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Equal(
            "there are / (the console), /healthz, /readyz\n", await missing.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("gzip, deflate, br", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("br;q=0, gzip", "gzip")]
    [InlineData("identity", null)]
    [InlineData("", null)]
    public void A_file_goes_in_the_smallest_form_that_is_accepted(string accepted, string? encoding)
    {
        var file = new ConsoleFile { ContentType = "text/css", Tag = "\"1\"", IsImmutable = true, Plain = [1, 2, 3], Brotli = [1], Gzip = [1, 2] };
        Assert.Equal(encoding, file.For(accepted).Encoding);
    }

    [Theory]
    [InlineData("/index.html.br")]
    [InlineData("/assets")]
    [InlineData("/../index.html")]
    [InlineData("/assets/../index.html")]
    public void Nothing_but_the_files_of_the_page_is_found(string path) => Assert.Null(ConsoleFiles.Find(path));

    [GeneratedRegex("/assets/[^\"]+")]
    private static partial Regex AssetPath();
}
