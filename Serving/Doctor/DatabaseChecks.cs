using System.Globalization;
using Snakepit.Storage;
using Snakepit.Storage.Postgres;

namespace Snakepit.Serving.Doctor;

/// <summary>The PostgreSQL that a cluster shares.</summary>
public static class DatabaseChecks
{
    // Twenty for sessions and some for Orleans, of one process.
    private const int ConnectionsOfOne = 40;
    private static readonly TimeSpan SlowRoundTrip = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LittleSkew = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MuchSkew = TimeSpan.FromMinutes(1);

    /// <summary>Asks it. Where it does not answer that is the only finding, and there is nothing to say of the cluster.</summary>
    public static async Task<(PostgresInspection? Inspection, Finding Finding)> ReachAsync(PostgresOptions options, string clusterId, TimeProvider time)
    {
        const string Subject = "database";
        try
        {
            var found = await PostgresInspection.OfAsync(options, clusterId, time);
            var text = string.Create(
                CultureInfo.InvariantCulture,
                $"{found.Server}, version {found.ServerVersion}, as {found.User}; a round trip takes {found.RoundTrip.TotalMilliseconds:0.0} ms");
            return (found, found.RoundTrip > SlowRoundTrip
                ? Finding.Doubtful(Subject, text, "each commit waits for one: a server that is nearer makes every change faster")
                : Finding.Good(Subject, text));
        }
        catch (StoreException failure)
        {
            return (null, Finding.Bad(
                Subject,
                failure.Message,
                "look whether PostgreSQL runs there and lets this user in (`psql` with the same host, user and database), and what SNAKEPIT_DATABASE says"));
        }
    }

    public static IEnumerable<Finding> Examine(PostgresInspection found, string schema, TimeProvider time)
    {
        yield return Schema(found, schema);
        yield return Clock(found, time);
        yield return found.SurvivesPowerLoss
            ? Finding.Good("durability", "fsync and full_page_writes are on")
            : Finding.Doubtful("durability", "fsync or full_page_writes is off", "switch both on: else what was acknowledged can be lost with the machine");
        var free = found.MaxConnections - found.Connections;
        var text = string.Create(CultureInfo.InvariantCulture, $"{found.Connections} of {found.MaxConnections} are open");
        yield return free < ConnectionsOfOne
            ? Finding.Doubtful("connections", text, $"raise max_connections: each silo and gateway opens up to {ConnectionsOfOne}")
            : Finding.Good("connections", text);
    }

    private static Finding Schema(PostgresInspection found, string schema)
    {
        const string Subject = "schema";
        var present = PostgresInspection.PresentVersion;
        return (found.SchemaVersion, found.MayMigrate) switch
        {
            (var version, _) when version == present => Finding.Good(Subject, $"{schema} is version {version}"),
            (var version, _) when version > present => Finding.Bad(
                Subject, $"{schema} is version {version}, this program knows up to {present}", "use a newer program"),
            (0, true) => Finding.Good(Subject, $"{schema} is not there yet; it will be made"),
            (0, false) => Finding.Bad(
                Subject,
                $"{schema} is not there, and {found.User} may not make it",
                $"as the database's owner: CREATE SCHEMA {schema} AUTHORIZATION \"{found.User}\""),
            (var version, true) => Finding.Good(Subject, $"{schema} is version {version}; whoever starts first brings it to {present}"),
            (var version, false) => Finding.Bad(
                Subject,
                $"{schema} is version {version}, and {found.User} may not bring it to {present}",
                $"as the schema's owner: GRANT CREATE ON SCHEMA {schema} TO \"{found.User}\""),
        };
    }

    private static Finding Clock(PostgresInspection found, TimeProvider time)
    {
        const string Subject = "clock";
        var skew = found.ClockAhead.Duration();
        var way = found.ClockAhead > TimeSpan.Zero ? "behind" : "ahead of";
        var now = time.GetUtcNow();
        var text = skew < TimeSpan.FromMilliseconds(50)
            ? $"{now:u}, as the database's"
            : string.Create(CultureInfo.InvariantCulture, $"{now:u}, {skew.TotalSeconds:0.0} s {way} the database's");
        return skew > MuchSkew
            ? Finding.Bad(Subject, text, "set the clock: sessions would end that much too early or too late when they move to another silo")
            : skew > LittleSkew
                ? Finding.Doubtful(Subject, text, "let NTP or the like keep the clocks of all machines together")
                : Finding.Good(Subject, text);
    }
}
