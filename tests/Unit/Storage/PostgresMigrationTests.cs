using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Storage;
using Snakepit.Storage.Postgres;

namespace Snakepit.Tests.Storage;

public sealed class PostgresMigrationTests(SharedPostgres postgres)
{
    private static readonly int Known = PostgresSchema.Steps.Count;

    [Fact]
    public void The_steps_are_numbered_from_1_without_a_gap() =>
        Assert.Equal(Enumerable.Range(1, Known), PostgresSchema.Steps.Select(step => step.Version));

    [Fact]
    public async Task Of_many_processes_that_migrate_at_once_one_does_and_all_go_on()
    {
        var options = await postgres.NewSchemaAsync();
        var stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => SharedPostgres.OpenAsync(options))));
        Assert.Equal((long)Known, await SharedPostgres.QueryAsync(options, "SELECT count(*) FROM schema_version"));
        foreach (var (i, store) in stores.Index())
        {
            Assert.Equal(AppendResult.Stored, await new ScriptedSession(store, $"s{i}").AppendAsync("x"));
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_newer_schema_is_refused_and_left_as_it_is()
    {
        var options = await postgres.NewSchemaAsync();
        await MigrateAsync(options, PostgresSchema.Steps);
        await SharedPostgres.QueryAsync(options, "INSERT INTO schema_version(version, name) VALUES (99, 'later')");
        var error = await Assert.ThrowsAsync<StoreException>(() => SharedPostgres.OpenAsync(options));
        Assert.Contains($"its schema {options.Schema} is version 99, newer than this program's {Known}; use a newer program", error.Message);
        Assert.DoesNotContain("secret", error.Message);
        Assert.False(error.OutcomeUnknown);
        Assert.Equal(99, await SharedPostgres.QueryAsync(options, "SELECT max(version) FROM schema_version"));
    }

    [Fact]
    public async Task An_older_schema_is_migrated_step_by_step_by_sql_of_any_kind()
    {
        var options = await postgres.NewSchemaAsync();
        await using (var store = await SharedPostgres.OpenAsync(options))
        {
            await new ScriptedSession(store).AppendManyAsync("x", 3);
        }

        IReadOnlyList<MigrationStep> steps =
        [
            .. PostgresSchema.Steps,
            new(Known + 1, "function", """
                CREATE FUNCTION doubled(a integer) RETURNS integer AS $body$
                BEGIN
                    RETURN a * 2; -- A statement's end within a body; so is this: ';'
                END;
                $body$ LANGUAGE plpgsql;
                CREATE OR REPLACE FUNCTION tripled(a integer) RETURNS integer AS $$ SELECT a * 3; $$ LANGUAGE sql;
                CREATE TABLE notes(text text DEFAULT ';');
                """),
            new(Known + 2, "use", "INSERT INTO notes SELECT (doubled(tripled(7)) + count(*))::text FROM log"),
        ];
        await MigrateAsync(options, steps);
        await MigrateAsync(options, steps);
        Assert.Equal("45", await SharedPostgres.QueryAsync(options, "SELECT string_agg(text, ',') FROM notes"));
    }

    [Fact]
    public async Task A_schema_without_kept_logs_is_migrated_with_what_ended_sessions_left()
    {
        var options = await postgres.NewSchemaAsync();
        await MigrateAsync(options, [.. PostgresSchema.Steps.Take(3)]);
        await SharedPostgres.QueryAsync(options, "INSERT INTO ended(session) VALUES (7)");
        await using var store = await SharedPostgres.OpenAsync(options);
        var session = new ScriptedSession(store);
        await session.AppendManyAsync("x", 2);
        await store.DeleteAsync(session.Key, 2, 2, keepLogUntil: ScriptedSession.Expiry);
        Assert.NotNull(await store.ReadEndedLogAsync(session.Key, ScriptedSession.Start, 0, 1_000, default));
        while (await store.Database.WriteAsync(store.Endings.RemoveSliceAsync))
        {
        }

        Assert.Equal(0L, await SharedPostgres.QueryAsync(options, "SELECT count(*) FROM ended"));
    }

    [Fact]
    public async Task A_step_that_fails_changes_nothing_and_can_be_tried_again()
    {
        var options = await postgres.NewSchemaAsync();
        IReadOnlyList<MigrationStep> steps = [.. PostgresSchema.Steps, new(Known + 1, "fails", "DROP TABLE log; SELECT 1 / 0")];
        var error = await Assert.ThrowsAsync<StoreException>(() => MigrateAsync(options, steps));
        Assert.Contains("division by zero", error.Message);
        Assert.Equal(Known, await SharedPostgres.QueryAsync(options, "SELECT max(version) FROM schema_version"));
        await using var store = await SharedPostgres.OpenAsync(options);
        Assert.Equal(AppendResult.Stored, await new ScriptedSession(store).AppendAsync("x"));
    }

    [Fact]
    public void A_schema_has_a_plain_name() =>
        Assert.Throws<ArgumentException>(() => new PostgresOptions("Host=nowhere") { Schema = "a\"b" });

    private static Task MigrateAsync(PostgresOptions options, IReadOnlyList<MigrationStep> steps) =>
        PostgresDatabase.MigrateAsync(options, steps, NullLogger.Instance, default);
}
