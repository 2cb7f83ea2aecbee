using System.Net;
using Snakepit.Serving.CommandLine;
using Snakepit.Storage.Postgres;

namespace Snakepit.Serving.Settings.Groups;

/// <summary>What holds a cluster together: the same on all its silos and gateways.</summary>
public static class ClusterGroup
{
    public static Setting<string> Database { get; } = new(
        "database", SettingKinds.Text("TEXT"), "", "the PostgreSQL that the cluster shares, as a connection string of Npgsql")
    {
        IsSecret = true,
    };

    public static Setting<string> Schema { get; } = new(
        "database-schema", SettingKinds.Text("NAME"), "snakepit", "schema in that database that holds the cluster's tables; made if need be");

    public static Setting<string> ClusterId { get; } = new(
        "cluster-id", SettingKinds.Text("NAME"), "snakepit", "the silos and gateways that say the same form one cluster");

    public static Setting<int> StreamQueues { get; } = new(
        "stream-queues", SettingKinds.Count, 4, "queues on which changes are announced; a change of it needs a restart of the whole cluster");

    public static Setting<TimeSpan> StreamPoll { get; } = new(
        "stream-poll", SettingKinds.Interval, TimeSpan.FromMilliseconds(10), "how often each of these is asked for news");

    public static Setting<string> Advertise { get; } = new(
        "advertise", SettingKinds.Text("ADDRESS"), "127.0.0.1", "IP address by which the cluster's other processes reach this one");

    public static IReadOnlyList<Setting> All { get; } = [Database, Schema, ClusterId, Advertise, StreamQueues, StreamPoll];

    /// <exception cref="MistakeException">No database is given, or what is given cannot be one.</exception>
    public static PostgresOptions DatabaseFrom(SettingValues values)
    {
        var connection = values.Of(Database);
        if (connection.Length == 0)
        {
            throw new MistakeException(
                $"{Database.Variable} is not set: a cluster needs a PostgreSQL, as in {Database.Variable}='Host=localhost;Username=snakepit;Database=snakepit'");
        }

        try
        {
            return new PostgresOptions(connection) { Schema = values.Of(Schema) };
        }
        catch (ArgumentException wrong)
        {
            throw new MistakeException($"{Database.Variable}, {Schema.Option}: {wrong.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <exception cref="MistakeException">It is no address, or it leads other machines to an open cluster and nobody said that this is meant.</exception>
    public static IPAddress AdvertisedFrom(SettingValues values)
    {
        if (!IPAddress.TryParse(values.Of(Advertise), out var address))
        {
            throw new MistakeException($"{Advertise.Option}: '{values.Of(Advertise)}' is not an IP address");
        }

        return Exposure.OpenCluster(values, address) is { } open && !values.Of(ListenGroup.Insecure)
            ? throw new MistakeException($"{open}; say {ListenGroup.Insecure.Option} if that is meant")
            : address;
    }
}
