using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Text;
using Google.Protobuf;
using Snakepit.Protocol.Storing;

namespace Snakepit.Storage.Archive;

/// <summary>Rows of databases as records of a file. Names are read as the bytes of their UTF-8.</summary>
internal static class ArchiveRows
{
    /// <summary>
    /// One session, of the results: its row (tenant, id, commit_number, revision, floor, expires_at, header,
    /// newest number, newest revision, tools), its log (number, first_revision, last_revision, time, body), large values
    /// (revision, chunk, bytes), variables (id, body) and requests (id, body). Nothing if there is no row.
    /// </summary>
    public static async IAsyncEnumerable<ArchiveRecord> SessionAsync(DbDataReader rows, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (!await rows.ReadAsync(cancellation).ConfigureAwait(false))
        {
            yield break;
        }

        yield return new ArchiveRecord { Session = Session(rows) };
        foreach (var read in (Func<DbDataReader, ArchiveRecord>[])[Commit, LargeValue, Variable, Request])
        {
            await rows.NextResultAsync(cancellation).ConfigureAwait(false);
            while (await rows.ReadAsync(cancellation).ConfigureAwait(false))
            {
                yield return read(rows);
            }
        }
    }

    /// <summary>Of columns tenant, ended_revision.</summary>
    public static ArchiveRecord Tenant(DbDataReader rows) => new()
    {
        Tenant = new ArchivedTenant { Tenant = Name(rows, 0), EndedRevision = rows.GetInt64(1) },
    };

    /// <summary>Of columns token, value (its bits), expires_at.</summary>
    public static ArchiveRecord Calculation(DbDataReader rows) => new()
    {
        Calculation = new ArchivedCalculation
        {
            Token = Name(rows, 0),
            Value = rows.GetInt64(1),
            ExpiresAt = rows.GetInt64(2),
        },
    };

    private static ArchivedSession Session(DbDataReader rows) => new()
    {
        Tenant = Name(rows, 0),
        Id = Name(rows, 1),
        CommitNumber = rows.GetInt64(2),
        Revision = rows.GetInt64(3),
        Floor = rows.GetInt64(4),
        ExpiresAt = rows.GetInt64(5),
        Header = Blob(rows, 6),
        NewestNumber = rows.GetInt64(7),
        NewestRevision = rows.GetInt64(8),
        Tools = Blob(rows, 9),
    };

    private static ArchiveRecord Commit(DbDataReader rows) => new()
    {
        Commit = new ArchivedCommit
        {
            Number = rows.GetInt64(0),
            FirstRevision = rows.GetInt64(1),
            LastRevision = rows.GetInt64(2),
            Time = rows.GetInt64(3),
            Body = Blob(rows, 4),
        },
    };

    private static ArchiveRecord LargeValue(DbDataReader rows) => new()
    {
        LargeValue = new ArchivedLargeValue { Revision = rows.GetInt64(0), Chunk = rows.GetInt32(1), Bytes = Blob(rows, 2) },
    };

    private static ArchiveRecord Variable(DbDataReader rows) => new()
    {
        Variable = new ArchivedVariable { Id = Name(rows, 0), Body = Blob(rows, 1) },
    };

    private static ArchiveRecord Request(DbDataReader rows) => new()
    {
        Request = new ArchivedRequest { Id = Name(rows, 0), Body = Blob(rows, 1) },
    };

    private static ByteString Blob(DbDataReader rows, int column) => UnsafeByteOperations.UnsafeWrap(rows.GetFieldValue<byte[]>(column));

    private static string Name(DbDataReader rows, int column) => Encoding.UTF8.GetString(rows.GetFieldValue<byte[]>(column));
}
