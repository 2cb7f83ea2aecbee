
namespace Snakepit.Storage.Sqlite;

/// <summary>
/// The tables, as a list of steps from one version of the format to the next. A step that was released is
/// never edited; docs/storage-format.md describes what they add up to.
/// </summary>
internal static class SqliteSchema
{
    /// <summary>Marks the file as ours: "SNKP".</summary>
    public const int ApplicationId = 0x534E4B50;

    /// <summary>The first version that has chunks in a file.</summary>
    public const int WithValueFile = 4;

    /// <summary>Step n makes version n + 1 of version n; version 0 is an empty file.</summary>
    public static readonly IReadOnlyList<string> Steps = [Version1, Version2, Version3, Version4];

    private const string Version1 = """
        CREATE TABLE meta(
            name  TEXT PRIMARY KEY,
            value INTEGER NOT NULL
        ) WITHOUT ROWID;
        INSERT INTO meta VALUES ('sessions', 0), ('calculations', 0);

        CREATE TABLE tenants(
            tenant         TEXT PRIMARY KEY,
            ended_revision INTEGER NOT NULL
        ) WITHOUT ROWID;

        CREATE TABLE sessions(
            key           INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant        TEXT NOT NULL,
            id            TEXT NOT NULL,
            commit_number INTEGER NOT NULL,
            revision      INTEGER NOT NULL,
            floor         INTEGER NOT NULL,
            expires_at    INTEGER NOT NULL,
            header        BLOB NOT NULL,
            UNIQUE (tenant, id)
        );
        CREATE INDEX sessions_by_expiry ON sessions(expires_at);

        CREATE TABLE log(
            seq            INTEGER PRIMARY KEY,
            session        INTEGER NOT NULL,
            number         INTEGER NOT NULL,
            first_revision INTEGER NOT NULL,
            last_revision  INTEGER NOT NULL,
            time           INTEGER NOT NULL,
            body           BLOB NOT NULL
        );
        CREATE UNIQUE INDEX log_by_session ON log(session, last_revision, number);

        CREATE TABLE variables(
            session INTEGER NOT NULL,
            id      TEXT NOT NULL,
            body    BLOB NOT NULL,
            PRIMARY KEY (session, id)
        ) WITHOUT ROWID;

        CREATE TABLE requests(
            session    INTEGER NOT NULL,
            request_id TEXT NOT NULL,
            body       BLOB NOT NULL,
            PRIMARY KEY (session, request_id)
        ) WITHOUT ROWID;

        CREATE TABLE large_values(
            session  INTEGER NOT NULL,
            revision INTEGER NOT NULL,
            chunk    INTEGER NOT NULL,
            bytes    BLOB NOT NULL,
            PRIMARY KEY (session, revision, chunk)
        );

        CREATE TABLE ended(
            session INTEGER PRIMARY KEY
        );

        CREATE TABLE calculations(
            token      TEXT PRIMARY KEY,
            value      INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX calculations_by_expiry ON calculations(expires_at);
        """;

    // Behind the header, so that a list of sessions does not come across it.
    private const string Version2 = "ALTER TABLE sessions ADD COLUMN tools BLOB";

    // In place of an index of SQLite's, which has an entry made with each row.
    private const string Version3 = """
        CREATE TABLE log_index(
            session       INTEGER NOT NULL,
            last_revision INTEGER NOT NULL,
            number        INTEGER NOT NULL,
            seq           INTEGER NOT NULL,
            PRIMARY KEY (session, last_revision, number)
        ) WITHOUT ROWID;
        INSERT INTO log_index SELECT session, last_revision, number, seq FROM log ORDER BY session, last_revision, number;
        DROP INDEX log_by_session;
        INSERT INTO meta SELECT 'log_entered', coalesce(max(seq), 0) FROM log;
        """;

    // Chunks whose bytes are in a file of their own.
    private const string Version4 = """
        ALTER TABLE large_values ADD COLUMN place INTEGER;
        ALTER TABLE large_values ADD COLUMN length INTEGER;
        ALTER TABLE large_values ADD COLUMN checksum INTEGER;
        CREATE INDEX large_values_by_place ON large_values(place, length) WHERE place IS NOT NULL;
        """;

    /// <summary>Brings a database from <paramref name="from"/> to the newest version, wholly or not at all.</summary>
    public static void Migrate(Database connection, int from, IReadOnlyList<string> steps)
    {
        // Whoever opened the connection closes it when this fails: that rolls back.
        connection.Execute("BEGIN IMMEDIATE");
        for (var version = from; version < steps.Count; version++)
        {
            connection.Execute(steps[version]);
        }

        connection.Execute($"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {steps.Count}");
        connection.Execute("COMMIT");
    }
}
