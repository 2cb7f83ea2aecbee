using System.Collections.Concurrent;
using System.Collections.Frozen;
using Microsoft.AspNetCore.Http.Features;

namespace Snakepit.Transport;

/// <summary>
/// Serves a method table to browsers, as gRPC-Web: the calls of the gRPC server itself, in other clothes. Whoever has
/// a port brings the requests; it decides who may send them. Safe from any thread.
/// </summary>
public sealed class WebCalls
{
    private readonly FrozenDictionary<string, BoundMethod> _methods;
    private readonly CallAdmission _admission;
    private readonly ConcurrentDictionary<IHttpRequestLifetimeFeature, Task> _running = new();

    internal WebCalls(FrozenDictionary<string, BoundMethod> methods, ServerContext server)
    {
        _methods = methods;
        _admission = new CallAdmission(server, methods.Keys);
    }

    /// <summary>Whether a request is one for <see cref="AnswerAsync"/>, by its content type.</summary>
    public static bool IsCall(IHttpRequestFeature request) =>
        GrpcWebNames.IsGrpcWeb(request.Headers.ContentType.ToString());

    /// <summary>Runs the call that a request is. Completes when its handler has ended.</summary>
    public async Task AnswerAsync(IFeatureCollection features)
    {
        var lifetime = features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // Before anyone can hear of it, and before it is asked whether the server drains: who stops that finds it.
        _running[lifetime] = ended.Task;
        try
        {
            await RunAsync(features);
        }
        finally
        {
            _running.TryRemove(lifetime, out _);
            ended.SetResult();
        }
    }

    /// <summary>Waits for the calls under way, and cuts off those that last. No new ones are taken once the server drains.</summary>
    /// <param name="over">Fires when the grace is over.</param>
    public async Task StopAsync(CancellationToken over)
    {
        var left = _running.ToArray();
        await Task.WhenAll(left.Select(call => call.Value)).WaitAsync(over)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var (lifetime, call) in left)
        {
            if (!call.IsCompleted)
            {
                lifetime.Abort();
            }
        }
    }

    private async Task RunAsync(IFeatureCollection features)
    {
        var response = WebResponse.Of(features);
        var http = new HttpExchange(features);
        _methods.TryGetValue(http.Path, out var method);

        // For all that follows it is gRPC.
        http.Request.Headers.ContentType = GrpcNames.ContentType;
        var call = _admission.Admit(http, method);
        http.Response.Headers.ContentType = GrpcWebNames.ContentType;
        if (call is not null)
        {
            await method!.InvokeAsync(call);
        }

        response.End();
    }
}
