using System.CommandLine;
using Snakepit.Serving.Doctor;
using Snakepit.Serving.Settings;

namespace Snakepit.GrpcGateway;

/// <summary>`snakepit-gateway doctor`.</summary>
internal sealed class GatewayDoctor : DoctorCommand<GatewayServerOptions>
{
    public GatewayDoctor()
        : base(
            GatewaySettings.All,
            "snakepit-gateway serve",
            "settings, database, clock, silos, certificates, ports and limits",
            "SNAKEPIT_DATABASE='Host=db;Username=snakepit;Database=snakepit' snakepit-gateway doctor --port 50052") => Takes();

    protected override GatewayServerOptions OptionsFrom(SettingValues values) => GatewaySettings.WithDatabaseFrom(values);

    protected override async IAsyncEnumerable<Finding> ExamineAsync(GatewayServerOptions options, ParseResult parsed)
    {
        var database = options.Database!;
        var (inspection, reached) = await DatabaseChecks.ReachAsync(database, options.ClusterId, options.TimeProvider);
        yield return reached;
        if (inspection is not null)
        {
            foreach (var finding in DatabaseChecks.Examine(inspection, database.Schema, options.TimeProvider))
            {
                yield return finding;
            }

            yield return await SiloChecks.ForGatewayAsync(options.ClusterId, inspection.Silos);
        }

        if (options.ClusterTls is { } files)
        {
            yield return TlsChecks.OfCluster(files, options.TimeProvider);
        }

        foreach (var finding in GatewayChecks.OfPeers(options))
        {
            yield return finding;
        }

        var server = new ServerChecks(options.TimeProvider)
        {
            Endpoints = options.Endpoints,
            Connections = options.Capacity.Connections,
            Tls = options.Tls,
            Access = options.Access,
            Admin = options.Admin,
            Telemetry = options.Telemetry,
        };
        await foreach (var finding in server.RunAsync())
        {
            yield return finding;
        }
    }
}
