using System.Security.Cryptography.X509Certificates;
using Snakepit.Serving.Access;
using Snakepit.Serving.Admin;
using Snakepit.Serving.Telemetry;
using Snakepit.Transport;

namespace Snakepit.Serving.Doctor;

/// <summary>What every server has: who may call it where, and what the machine lets it have.</summary>
public sealed record ServerChecks(TimeProvider Time)
{
    /// <summary>Where calls are taken; empty = nowhere.</summary>
    public IReadOnlyList<GrpcEndpoint> Endpoints { get; init; } = [];

    /// <summary>How many connections of clients it may have at once; 0 = it takes no calls.</summary>
    public int Connections { get; init; }

    /// <summary>Where else the same process listens, before it takes calls.</summary>
    public IReadOnlyList<TakenPlace> Taken { get; init; } = [];

    /// <summary>Whether a server uses the store now; null = more than one may.</summary>
    public bool? IsStoreServed { get; init; }

    public ServerTlsOptions? Tls { get; init; }

    public AccessSettings Access { get; init; } = new();

    public AdminOptions? Admin { get; init; }

    public TelemetryOptions Telemetry { get; init; } = new();

    public async IAsyncEnumerable<Finding> RunAsync()
    {
        X509Certificate2? certificate = null;
        if (Tls is { } tls)
        {
            (var shown, certificate) = TlsChecks.Certificate("tls", tls.Files, Time);
            yield return shown;
        }

        if (await AccessChecks.RunAsync(Access, Time) is { } allowed)
        {
            yield return allowed;
        }

        List<TakenPlace> taken = [.. Taken];
        foreach (var endpoint in Endpoints)
        {
            yield return await PortChecks.CallsAsync(endpoint, certificate, IsStoreServed, taken);
            taken.Add(new TakenPlace(PortChecks.OfCalls, endpoint));
        }

        if (Admin is { } admin)
        {
            yield return await PortChecks.AdminAsync(admin.Endpoint, certificate, IsStoreServed, taken);
        }

        foreach (var files in MachineChecks.OpenFiles(Connections))
        {
            yield return files;
        }

        yield return MachineChecks.Memory();
        if (Telemetry.Otlp is { } collector)
        {
            yield return await new CollectorChecks(collector).RunAsync();
        }
    }
}
