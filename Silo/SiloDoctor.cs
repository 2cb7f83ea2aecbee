using System.CommandLine;
using Snakepit.GrpcGateway;
using Snakepit.Serving.Doctor;
using Snakepit.Serving.Settings;
using Snakepit.Serving.Settings.Groups;
using Snakepit.Storage.Postgres;
using Snakepit.Transport;

namespace Snakepit.Silo;

/// <summary>`snakepit-silo doctor`.</summary>
internal sealed class SiloDoctor : DoctorCommand<SiloOptions>
{
    public SiloDoctor()
        : base(
            SiloSettings.All,
            "snakepit-silo serve",
            "settings, database, clock, the other silos, certificates, ports and limits",
            "SNAKEPIT_DATABASE='Host=db;Username=snakepit;Database=snakepit' snakepit-silo doctor --advertise 10.0.0.1") => Takes();

    protected override SiloOptions OptionsFrom(SettingValues values) => SiloSettings.OptionsFrom(values);

    protected override async IAsyncEnumerable<Finding> ExamineAsync(SiloOptions options, ParseResult parsed)
    {
        IReadOnlyList<ListedSilo> silos = [];
        var own = new GrpcEndpoint(options.Address.ToString(), options.SiloPort);
        if (options.Database is { } database)
        {
            var (inspection, reached) = await DatabaseChecks.ReachAsync(database, options.ClusterId, options.TimeProvider);
            yield return reached;
            if (inspection is not null)
            {
                foreach (var finding in DatabaseChecks.Examine(inspection, database.Schema, options.TimeProvider))
                {
                    yield return finding;
                }

                silos = inspection.Silos;
                yield return await SiloChecks.ForSiloAsync(options.ClusterId, own, silos);
            }
        }
        else
        {
            yield return Finding.Doubtful("database", "memory: everything ends with the process", "for anything but development set SNAKEPIT_DATABASE");
        }

        if (options.ClusterTls is { } files)
        {
            yield return TlsChecks.OfCluster(files, options.TimeProvider);
        }

        var ofClients = own with { Port = options.ClientPort };
        IReadOnlyList<TakenPlace> taken = [new(SiloGroup.SiloPort.Option, own), new(SiloGroup.ClientPort.Option, ofClients)];
        yield return SiloChecks.Port("silo port", SiloGroup.SiloPort, own, silos.Select(silo => (silo.Address, silo.Port)));
        yield return SiloChecks.Port("client port", SiloGroup.ClientPort, ofClients, silos.Select(silo => (silo.Address, silo.GatewayPort)), taken[0]);
        if (options.Gateway is { } gateway)
        {
            foreach (var finding in GatewayChecks.OfPeers(gateway))
            {
                yield return finding;
            }
        }

        var server = new ServerChecks(options.TimeProvider)
        {
            Endpoints = options.Gateway?.Endpoints ?? [],
            Connections = options.Gateway?.Capacity.Connections ?? 0,
            Taken = taken,
            Tls = options.Tls,
            Access = options.Gateway?.Access ?? new(),
            Admin = options.Admin,
            Telemetry = options.Telemetry,
        };
        await foreach (var finding in server.RunAsync())
        {
            yield return finding;
        }
    }
}
