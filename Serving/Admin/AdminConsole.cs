using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Snakepit.Transport;
using Snakepit.WebConsole;

namespace Snakepit.Serving.Admin;

/// <summary>The console: its files, and the calls that they make, which are those of the gRPC port.</summary>
/// <param name="hosts">By which names it is to be reached.</param>
/// <param name="calls">The calls; null = none yet.</param>
internal sealed class AdminConsole(ConsoleHosts hosts, Func<WebCalls?> calls)
{
    private const string Policy =
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'; "
        + "require-trusted-types-for 'script'; trusted-types 'none'";

    /// <summary>Answers a request that is for no probe. False = it is not for the console either.</summary>
    public async ValueTask<AdminAnswer?> AnswerAsync(IFeatureCollection features)
    {
        var request = features.GetRequiredFeature<IHttpRequestFeature>();
        var host = request.Headers.Host.ToString();
        if (!hosts.Allow(host))
        {
            return new AdminAnswer(
                StatusCodes.Status421MisdirectedRequest, $"this server does not answer as {OneLine.Of(host)}; --console-host says if it should\n");
        }

        if (WebCalls.IsCall(request))
        {
            return await CallAsync(features, request, host);
        }

        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            return null;
        }

        var file = ConsoleFiles.Find(request.Path);
        if (file is not null)
        {
            await SendAsync(features, request, file);
            return AdminAnswer.Sent;
        }

        return request.Path == "/" && !ConsoleFiles.AreBuilt
            ? new AdminAnswer(
                StatusCodes.Status404NotFound,
                "this build of snakepit has no console: npm, or its registry, could not be reached when it was built\n")
            : null;
    }

    private async Task<AdminAnswer> CallAsync(IFeatureCollection features, IHttpRequestFeature request, string host)
    {
        if (!ConsoleHosts.IsOwnPage(host, request.Headers.Origin.ToString(), request.Headers["Sec-Fetch-Site"].ToString()))
        {
            return new AdminAnswer(StatusCodes.Status403Forbidden, "calls are taken from this server's own page alone\n");
        }

        if (calls() is not { } web)
        {
            return new AdminAnswer(StatusCodes.Status503ServiceUnavailable, "the server is starting\n");
        }

        Harden(features.GetRequiredFeature<IHttpResponseFeature>().Headers);
        await web.AnswerAsync(features);
        return AdminAnswer.Sent;
    }

    private static async Task SendAsync(IFeatureCollection features, IHttpRequestFeature request, ConsoleFile file)
    {
        var response = features.GetRequiredFeature<IHttpResponseFeature>();
        var headers = response.Headers;
        Harden(headers);
        headers.ContentSecurityPolicy = Policy;
        headers.ETag = file.Tag;
        headers.Vary = "Accept-Encoding";
        headers.CacheControl = file.IsImmutable ? "public, max-age=31536000, immutable" : "no-cache";
        if (request.Headers.IfNoneMatch.ToString().Split(',', StringSplitOptions.TrimEntries).Contains(file.Tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var (content, encoding) = file.For(request.Headers.AcceptEncoding.ToString());
        headers.ContentType = file.ContentType;
        headers.ContentEncoding = encoding;
        headers.ContentLength = content.Length;
        if (HttpMethods.IsGet(request.Method))
        {
            var aborted = features.GetRequiredFeature<IHttpRequestLifetimeFeature>().RequestAborted;
            await features.GetRequiredFeature<IHttpResponseBodyFeature>().Stream.WriteAsync(content, aborted);
        }
    }

    private static void Harden(IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.XFrameOptions = "DENY";
    }
}
