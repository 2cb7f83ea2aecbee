using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Contract.Support;

namespace Snakepit.Tests.Contract.Variables;

public sealed class SetVariableTests(SharedServer server)
{
    [Fact]
    public async Task Versions_begin_at_0_and_each_set_adds_1()
    {
        var session = server.NewSession();
        var registered = await session.RegisterAsync("x", 10);
        Assert.Equal(0, registered.Variable.Version);

        for (var n = 1; n <= 3; n++)
        {
            var set = await session.SetAsync(n == 2 ? registered.VariableId : "x", 10 + n);

            Assert.True(set.Success);
            Assert.Equal((n, registered.Revision + n), (set.NewVersion, set.Revision));
            var variable = await session.GetAsync("x");
            Assert.Equal(($"{10 + n}", n, set.Revision), (variable.Text(), variable.Version, variable.Revision));
        }
    }

    [Fact]
    public async Task Setting_the_same_value_again_is_a_version_of_its_own()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", 1);

        Assert.Equal(1, (await session.SetAsync("x", 1)).NewVersion);
        Assert.Equal(2, (await session.SetAsync("x", 1)).NewVersion);
    }

    [Fact]
    public async Task A_variable_is_found_by_id_first_and_by_name_then()
    {
        var session = server.NewSession();
        var id = (await session.RegisterAsync("x", 1)).VariableId;

        Assert.Equal("x", (await session.GetAsync(id)).Name);
        Assert.Equal(id, (await session.GetAsync("x")).Id);
        await session.GetAsync("X").RefusedExactlyAsync(RpcCode.NotFound, "Variable not found: X");
        await session.SetAsync("y", 1).RefusedExactlyAsync(RpcCode.NotFound, "Variable not found: y");
    }

    [Fact]
    public async Task An_expected_version_is_compared_before_setting_and_0_is_one_like_any_other()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", 1);
        var request = session.Setting("x", Json.Integer(2));
        request.ExpectedVersion = 0;

        Assert.Equal(1, (await session.SetAsync(request)).NewVersion);
        await session.SetAsync(request).RefusedAsync(RpcCode.Aborted, "expected version 0, current version is 1");

        request.ExpectedVersion = 1;
        Assert.Equal(2, (await session.SetAsync(request)).NewVersion);
        request.ClearExpectedVersion();
        Assert.Equal(3, (await session.SetAsync(request)).NewVersion);
    }

    [Fact]
    public async Task Of_many_that_expect_one_version_one_sets()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", 0);

        var outcomes = await Task.WhenAll(Enumerable.Range(1, 20).Select(async n =>
        {
            var request = session.Setting("x", Json.Integer(n));
            request.ExpectedVersion = 0;
            try
            {
                await session.SetAsync(request);
                return n;
            }
            catch (RpcException refused) when (refused.Status.Code == RpcCode.Aborted)
            {
                return 0;
            }
        }));

        var winner = Assert.Single(outcomes, n => n > 0);
        Assert.Equal($"{winner}", (await session.GetAsync("x")).Text());
    }

    [Fact]
    public async Task Metadata_are_merged_and_decide_the_source()
    {
        var session = server.NewSession();
        var registering = session.Registering("x", Json.Integer(0));
        registering.Metadata.Add(new Dictionary<string, string> { ["kept"] = "1", ["changed"] = "old" });
        Assert.Equal(Variable.Types.Source.Elixir, (await session.RegisterAsync(registering)).Variable.Source);
        var setting = session.Setting("x", Json.Integer(1));
        setting.Metadata.Add(new Dictionary<string, string> { ["changed"] = "new", ["source"] = "python" });
        await session.SetAsync(setting);

        var variable = await session.GetAsync("x");

        Assert.Equal(
            new Dictionary<string, string> { ["kept"] = "1", ["changed"] = "new", ["source"] = "python" }, variable.Metadata);
        Assert.Equal(Variable.Types.Source.Python, variable.Source);
    }

    [Fact]
    public async Task A_refused_set_changes_nothing()
    {
        var session = server.NewSession();
        var registered = await session.RegisterAsync("x", Json.Integer(1), """{"max": 5}""");
        var setting = session.Setting("x", Json.Integer(6));
        setting.Metadata.Add("changed", "yes");

        await session.SetAsync(setting).RefusedAsync(RpcCode.InvalidArgument, "value 6 is above maximum 5");

        Assert.Equal(registered.Variable, await session.GetAsync("x"));
        Assert.Equal(registered.Revision, (await session.DescribeAsync()).Revision);
    }

    [Fact]
    public async Task Metadata_that_grow_above_the_limit_are_refused()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", 0);
        var first = session.Setting("x", Json.Integer(1));
        var second = session.Setting("x", Json.Integer(2));
        for (var n = 0; n < 64; n++)
        {
            first.Metadata.Add($"key{n}", "");
        }

        second.Metadata.Add("one more", "");
        await session.SetAsync(first);

        await session.SetAsync(second).RefusedAsync(RpcCode.ResourceExhausted, "metadata has 65 entries, the limit is 64");
    }

    [Fact]
    public async Task A_get_of_at_least_a_revision_shows_it_or_says_how_far_the_session_is()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", 0);
        var set = await session.SetAsync("x", 1);

        Assert.Equal("1", (await session.GetAsync("x", set.Revision)).Text());
        await session.GetAsync("x", set.Revision + 1).RefusedAsync(RpcCode.FailedPrecondition, $"at revision {set.Revision}");
    }

    [Fact]
    public async Task A_value_above_16_MiB_is_refused_with_the_limit()
    {
        var session = server.NewSession();
        await session.RegisterAsync("x", Json.LargeString(1));

        await session.SetAsync("x", Json.LargeString((16 * 1024 * 1024) - 1)).RefusedAsync(RpcCode.ResourceExhausted, "16777216");
        Assert.True((await session.SetAsync("x", Json.LargeString((16 * 1024 * 1024) - 2))).Success);
    }

    [Fact]
    public async Task Eight_writers_of_one_variable_make_dense_versions_and_revisions()
    {
        const int Writers = 8;
        const int Sets = 500;
        var session = server.NewSession();
        var registered = await session.RegisterAsync("x", 0);

        var answers = await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            var mine = new List<SetVariableResponse>(Sets);
            for (var n = 0; n < Sets; n++)
            {
                mine.Add(await session.SetAsync("x", (writer * Sets) + n));
            }

            return mine;
        }));

        var all = answers.SelectMany(mine => mine).OrderBy(set => set.NewVersion).ToList();
        Assert.Equal(Enumerable.Range(1, Writers * Sets), all.Select(set => set.NewVersion));
        Assert.All(all, set => Assert.Equal(registered.Revision + set.NewVersion, set.Revision));
        Assert.All(answers, mine => Assert.Equal(mine.OrderBy(set => set.NewVersion), mine));
        Assert.Equal(Writers * Sets, (await session.GetAsync("x")).Version);
    }
}
