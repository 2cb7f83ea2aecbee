using System.Collections.Frozen;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http.Features;

namespace Snakepit.Transport;

/// <summary>Finds the method of each request that Kestrel brings, and runs it.</summary>
internal sealed class CallApplication(FrozenDictionary<string, BoundMethod> methods, ServerContext server)
    : IHttpApplication<HttpExchange>
{
    private readonly CallAdmission _admission = new(server, methods.Keys);

    public HttpExchange CreateContext(IFeatureCollection contextFeatures) =>
        contextFeatures is IHostContextContainer<HttpExchange> stream
            ? stream.HostContext ??= new HttpExchange(contextFeatures)
            : new HttpExchange(contextFeatures);

    public Task ProcessRequestAsync(HttpExchange context)
    {
        methods.TryGetValue(context.Path, out var method);
        return _admission.Admit(context, method) is { } call ? method!.InvokeAsync(call) : Task.CompletedTask;
    }

    public void DisposeContext(HttpExchange context, Exception? exception)
    {
    }
}
