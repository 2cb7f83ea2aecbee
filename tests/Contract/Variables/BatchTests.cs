using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Variables;

public sealed class BatchTests(SharedServer server)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_good_batch_takes_consecutive_revisions(bool atomic)
    {
        var session = server.NewSession();
        await session.RegisterAsync("a");
        var id = (await session.RegisterAsync("b")).VariableId;
        var before = (await session.DescribeAsync()).Revision;
        var batch = session.Batch(atomic, ("a", 1), (id, 2));
        batch.Metadata.Add("changed_by", "batch");

        var answer = await session.SetManyAsync(batch);

        Assert.True(answer.Success);
        Assert.Empty(answer.Errors);
        Assert.Equal(new Dictionary<string, int> { ["a"] = 1, [id] = 1 }, answer.NewVersions);
        Assert.Equal(before + 2, answer.Revision);
        var (a, b) = (await session.GetAsync("a"), await session.GetAsync("b"));
        Assert.Equal(("1", "2"), (a.Text(), b.Text()));
        Assert.Equal("batch", a.Metadata["changed_by"]);
        Assert.Equal([before + 1, before + 2], new[] { a.Revision, b.Revision }.Order());
    }

    [Fact]
    public async Task An_atomic_batch_with_culprits_names_each_and_applies_nothing()
    {
        var session = server.NewSession();
        await session.RegisterAsync("good");
        await session.RegisterAsync("bounded", Json.Integer(0), """{"max": 5}""");
        var before = (await session.DescribeAsync()).Revision;

        var answer = await session.SetManyAsync(session.Batch(true, ("good", 1), ("bounded", 6), ("unknown", 1)));

        Assert.False(answer.Success);
        Assert.Empty(answer.NewVersions);
        Assert.Equal(["bounded", "unknown"], answer.Errors.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("value 6 is above maximum 5", answer.Errors["bounded"], StringComparison.Ordinal);
        Assert.Equal("Variable not found: unknown", answer.Errors["unknown"]);
        Assert.Equal("0", (await session.GetAsync("good")).Text());
        Assert.Equal(before, (await session.DescribeAsync()).Revision);
    }

    [Fact]
    public async Task Without_atomic_the_good_ones_are_applied_and_the_others_named()
    {
        var session = server.NewSession();
        await session.RegisterAsync("good");
        await session.RegisterAsync("bounded", Json.Integer(0), """{"max": 5}""");

        var answer = await session.SetManyAsync(session.Batch(false, ("good", 1), ("bounded", 6), ("unknown", 1)));

        Assert.True(answer.Success);
        Assert.Equal(new Dictionary<string, int> { ["good"] = 1 }, answer.NewVersions);
        Assert.Equal(["bounded", "unknown"], answer.Errors.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("1", (await session.GetAsync("good")).Text());
    }

    [Fact]
    public async Task Without_atomic_a_batch_of_which_nothing_was_applied_fails()
    {
        var session = server.NewSession();
        await session.InitializeAsync();

        var answer = await session.SetManyAsync(session.Batch(false, ("unknown", 1)));

        Assert.False(answer.Success);
        Assert.Equal("Variable not found: unknown", answer.Errors["unknown"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_two_values_for_one_variable_neither_is_applied(bool atomic)
    {
        var session = server.NewSession();
        var id = (await session.RegisterAsync("x")).VariableId;
        await session.RegisterAsync("y");

        var answer = await session.SetManyAsync(session.Batch(atomic, ("x", 1), (id, 2), ("y", 3)));

        Assert.Equal(["x", id], answer.Errors.Keys.OrderBy(key => key.Length));
        Assert.All(answer.Errors.Values, error => Assert.Contains("name the same variable", error, StringComparison.Ordinal));
        Assert.Equal(0, (await session.GetAsync("x")).Version);
        Assert.Equal(atomic ? 0 : 1, (await session.GetAsync("y")).Version);
    }

    [Fact]
    public async Task Expected_versions_are_compared_one_by_one()
    {
        var session = server.NewSession();
        await session.RegisterAsync("a");
        await session.RegisterAsync("b");
        await session.SetAsync("b", 5);
        var batch = session.Batch(false, ("a", 1), ("b", 2));
        batch.ExpectedVersions.Add(new Dictionary<string, int> { ["a"] = 0, ["b"] = 0 });

        var loose = await session.SetManyAsync(batch);

        Assert.Equal(new Dictionary<string, int> { ["a"] = 1 }, loose.NewVersions);
        Assert.Contains("expected version 0, current version is 1", loose.Errors["b"], StringComparison.Ordinal);

        batch.Atomic = true;
        batch.ExpectedVersions["a"] = 1;
        Assert.False((await session.SetManyAsync(batch)).Success);
        batch.ExpectedVersions["b"] = 1;
        var strict = await session.SetManyAsync(batch);
        Assert.Equal(new Dictionary<string, int> { ["a"] = 2, ["b"] = 2 }, strict.NewVersions);
    }

    [Fact]
    public async Task An_expected_version_of_what_is_not_set_is_refused()
    {
        var session = server.NewSession();
        await session.RegisterAsync("a");
        var batch = session.Batch(false, ("a", 1));
        batch.ExpectedVersions.Add("typo", 0);

        await session.SetManyAsync(batch).RefusedAsync(RpcCode.InvalidArgument, "typo");
    }

    [Fact]
    public async Task A_batch_of_1000_is_the_largest()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x");
        var largest = Enumerable.Range(0, 999).Select(n => ($"unknown{n}", 1L)).Append(("x", 1L)).ToArray();
        Assert.Equal(999, (await session.SetManyAsync(session.Batch(false, largest))).Errors.Count);

        await session.SetManyAsync(session.Batch(false, [.. largest, ("y", 1)]))
            .RefusedAsync(RpcCode.ResourceExhausted, "batch has 1001 items, the limit is 1000");
        await session.GetManyAsync([.. largest.Select(item => item.Item1), "y"])
            .RefusedAsync(RpcCode.ResourceExhausted, "batch has 1001 items, the limit is 1000");
    }

    [Fact]
    public async Task An_empty_batch_succeeds_and_changes_nothing()
    {
        var session = server.NewSession();
        var revision = (await session.RegisterAsync("x")).Revision;

        var answer = await session.SetManyAsync(session.Batch(true));

        Assert.True(answer.Success);
        Assert.Equal(revision, answer.Revision);
    }

    [Fact]
    public async Task Getting_many_answers_by_the_identifiers_asked_and_names_what_is_missing()
    {
        var session = server.NewSession();
        var id = (await session.RegisterAsync("a", 1)).VariableId;
        await session.RegisterAsync("b", 2);

        var answer = await session.GetManyAsync(id, "b", "missing", "b", "missing");

        Assert.Equal([id, "b"], answer.Variables.Keys.OrderByDescending(key => key.Length));
        Assert.Equal("a", answer.Variables[id].Name);
        Assert.Equal("2", answer.Variables["b"].Text());
        Assert.Equal(["missing"], answer.MissingVariables);
    }

    [Fact]
    public async Task Readers_never_see_part_of_a_batch()
    {
        var session = server.NewSession();
        var names = Enumerable.Range(0, 50).Select(n => $"v{n}").ToArray();
        await Task.WhenAll(names.Select(name => session.RegisterAsync(name, 0)));
        var writing = Task.Run(async () =>
        {
            for (var n = 1; n <= 100; n++)
            {
                await session.SetManyAsync(session.Batch(true, [.. names.Select(name => (name, (long)n))]));
            }
        });

        while (!writing.IsCompleted)
        {
            BatchGetVariablesResponse seen = await session.GetManyAsync(names);
            Assert.Single(seen.Variables.Values.Select(variable => variable.Text()).Distinct());
        }

        await writing;
    }
}
