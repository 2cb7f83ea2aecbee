using System.Text.RegularExpressions;

namespace Snakepit.Storage.Postgres;

/// <summary>Which PostgreSQL to use, and where in it.</summary>
/// <param name="ConnectionString">
/// In Npgsql's format. Search path, application name, timeouts and what durability rests on are set by the
/// store, whatever stands here.
/// </param>
public sealed partial record PostgresOptions(string ConnectionString)
{
    private readonly string _schema = "snakepit";
    private readonly int _maxConnections = 20;

    /// <summary>The schema that holds the tables; made at the first start. Lower-case letters, digits and _.</summary>
    /// <exception cref="ArgumentException">Another character, or more than 63.</exception>
    public string Schema
    {
        get => _schema;
        init => _schema = PlainName().IsMatch(value)
            ? value
            : throw new ArgumentException($"'{value}' cannot name a schema: lower-case letters, digits and _, at most 63, are allowed.", nameof(value));
    }

    /// <summary>How many connections one process opens at the most, at least 4.</summary>
    public int MaxConnections
    {
        get => _maxConnections;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 4);
            _maxConnections = value;
        }
    }

    /// <summary>The connection string for Orleans' providers, whose tables are in the same schema.</summary>
    public string ForProviders() => PostgresConnections.ForProviders(this).ConnectionString;

    /// <summary>Without the connection string: it can hold a password.</summary>
    public override string ToString() => $"schema {Schema}";

    [GeneratedRegex(@"\A[a-z_][a-z0-9_]{0,62}\z")]
    private static partial Regex PlainName();
}
