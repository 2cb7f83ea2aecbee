using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Snakepit.Storage.Postgres;

/// <summary>Numbers for PostgreSQL's advisory locks. Two things that fall on one number only wait for each other.</summary>
internal static class AdvisoryLocks
{
    /// <summary>Held by who migrates a schema.</summary>
    public static long Migration(string schema) => Key("migration", schema, "");

    /// <summary>
    /// Held in common by who creates sessions of a tenant, alone by who ends one. Who asks gets it in his turn,
    /// so that steady creations cannot keep an ending waiting, as they could with locks on a row.
    /// </summary>
    public static long Tenant(string schema, string tenant) => Key("tenant", schema, tenant);

    // The locks of a database are common to all its schemas.
    private static long Key(string kind, string schema, string name) =>
        BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"snakepit\n{kind}\n{schema}\n{name}")));
}
