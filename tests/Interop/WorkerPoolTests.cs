using System.Diagnostics;
using System.Text;
using Snakepit.Protocol.Rpc;
using Snakepit.Sidecar.Workers;

namespace Snakepit.Tests.Interop;

/// <summary>Pools of real processes.</summary>
public sealed class WorkerPoolTests
{
    [Fact]
    public async Task Four_workers_share_a_thousand_calls()
    {
        await using var python = await PythonPool.StartAsync(workers: 4);
        await python.ReadyAsync(4);
        var answers = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(call => python.CallAsync("whoami", $"s{call % 50}", ("call", call))));
        Assert.Equal(Enumerable.Range(0, 1_000), answers.Select(answer => answer.GetProperty("arguments").GetProperty("call").GetInt32()));
        Assert.Equal(
            python.ProcessIds().Order(),
            answers.Select(answer => answer.GetProperty("pid").GetInt32()).Distinct().Order());
        Assert.All(answers, answer => Assert.Equal("a,b", answer.GetProperty("variable").GetString()));
        Assert.Equal(1_000, python.Pool.Describe().Sum(status => status.Calls));
        Assert.Equal(0, python.Pool.Describe().Sum(status => status.FailedCalls + status.Restarts + status.CallsInFlight));
    }

    [Fact]
    public async Task A_worker_that_is_killed_loses_its_call_at_once_and_no_other_and_is_replaced()
    {
        await using var python = await PythonPool.StartAsync(workers: 4);
        await python.ReadyAsync(4);
        var mark = Path.Combine(AppContext.BaseDirectory, $"mark-{Guid.NewGuid():N}");
        var lost = python.CallAsync("sleep", "lost", ("seconds", 60), ("mark", mark));
        await Processes.UntilAsync(() => File.Exists(mark), "the call is under way");
        File.Delete(mark);
        var victim = python.Pool.Describe().Single(status => status.CallsInFlight == 1);
        var others = Enumerable.Range(0, 30).Select(call => python.CallAsync("sleep", $"s{call}", ("seconds", 0.05))).ToList();

        var since = Stopwatch.GetTimestamp();
        await Processes.SignalAsync(victim.ProcessId, "KILL");
        var failure = await Assert.ThrowsAsync<RpcException>(() => lost);
        Assert.InRange(Stopwatch.GetElapsedTime(since), TimeSpan.Zero, TimeSpan.FromSeconds(3));
        Assert.Equal(RpcCode.Unavailable, failure.Status.Code);
        Assert.Contains(victim.WorkerId, failure.Status.Message, StringComparison.Ordinal);

        await Task.WhenAll(others);
        await python.ReadyAsync(4);
        Assert.DoesNotContain(victim.ProcessId, python.ProcessIds());
        var replaced = python.Pool.Describe().Single(status => status.WorkerId == victim.WorkerId);
        Assert.Equal((1, 1L), (replaced.Restarts, replaced.FailedCalls));
    }

    [Fact]
    public async Task A_stop_leaves_neither_workers_nor_what_they_started()
    {
        await using var python = await PythonPool.StartAsync(workers: 2);
        await python.ReadyAsync(2);
        var child = (await python.CallAsync("spawn", "s")).GetProperty("child").GetInt32();
        var all = python.ProcessIds().Append(child).ToList();
        Assert.All(all, id => Assert.True(Processes.Lives(id)));
        await python.StopWorkersAsync();
        await Processes.UntilAsync(() => !all.Any(Processes.Lives), "all have ended", seconds: 2);
    }

    [Fact]
    public async Task A_worker_that_ends_takes_what_it_started_with_it()
    {
        await using var python = await PythonPool.StartAsync(workers: 1);
        var child = (await python.CallAsync("spawn", "s")).GetProperty("child").GetInt32();
        var failure = await Assert.ThrowsAsync<RpcException>(() => python.CallAsync("exit", "s", ("status", 3)));
        Assert.Equal(RpcCode.Unavailable, failure.Status.Code);
        await Processes.UntilAsync(() => !Processes.Lives(child), "the child has ended", seconds: 5);
        await python.ReadyAsync(1);
    }

    [Fact]
    public async Task A_worker_that_hangs_is_killed_and_its_call_ends()
    {
        await using var python = await PythonPool.StartAsync(workers: 1, options => options with
        {
            HealthInterval = TimeSpan.FromMilliseconds(300),
            Silence = TimeSpan.FromSeconds(1),
        });
        await python.ReadyAsync(1);
        var failure = await Assert.ThrowsAsync<RpcException>(() => python.CallAsync("freeze", "s"));
        Assert.Equal(RpcCode.Unavailable, failure.Status.Code);
        Assert.EndsWith("has not answered for 1 s", failure.Status.Message, StringComparison.Ordinal);
        await python.CallAsync("whoami", "s");
    }

    [Fact]
    public async Task A_tool_calls_back_while_it_is_called()
    {
        await using var python = await PythonPool.StartAsync(workers: 1);
        var answer = await python.CallAsync("remember", "s", ("name", "answer"), ("value", 42));
        Assert.Equal(42, answer.GetProperty("value").GetInt32());
    }

    [Fact]
    public async Task A_tool_answers_in_chunks()
    {
        await using var python = await PythonPool.StartAsync(workers: 1);
        var text = new StringBuilder();
        await foreach (var chunk in python.Pool.StreamAsync(PythonPool.Call("count", "s", ("to", 5)), default))
        {
            text.Append(chunk.Data.ToStringUtf8()).Append(chunk.IsFinal ? "!" : "");
        }

        Assert.Equal("01234!", text.ToString());
    }

    [Fact]
    public async Task A_worker_may_say_its_port_on_stdout()
    {
        await using var python = await PythonPool.StartAsync(workers: 1, options => options with
        {
            Environment = new Dictionary<string, string>(options.Environment) { ["WORKER_SAYS"] = "stdout" },
        });
        await python.CallAsync("whoami", "s");
    }

    [Fact]
    public async Task A_command_that_ends_at_once_does_not_spin()
    {
        var since = Stopwatch.GetTimestamp();
        await using var none = await PythonPool.StartAsync(new WorkerPoolOptions { Command = [Commands.Find("false")!], Workers = 1 });
        await Processes.UntilAsync(() => none.Pool.Describe()[0].Restarts == 3, "three restarts");

        // 0.5, 1 and 2 s, each halved at most.
        Assert.InRange(Stopwatch.GetElapsedTime(since), TimeSpan.FromSeconds(1.75), TimeSpan.FromSeconds(60));
        Assert.Equal("ended with status 1", none.Pool.Describe()[0].Detail);
    }

    [Fact]
    public async Task Clients_call_the_tools_of_a_servers_workers()
    {
        var client = await Needed.Async(Python.ScriptAsync("tests/Interop/python/worker_client.py"));
        await using var sidecar = await SidecarProcess.StartAsync(0, await TwoWorkersAsync());
        var ended = await client.RunAsync(sidecar.Target);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Equal(
            [
                "whoami: session tour, arguments {'x': 1}",
                "remember: 42, and the variable is 42",
                "count: 0 1 2, final 2",
                "a failing tool: success False",
                "concurrent calls: 40 of 40, 2 processes",
                "a worker that exits: success False, pool-",
                "after it: success True",
                "tools known: count, exit, freeze, print, remember, sleep, spawn, whoami",
            ],
            ended.Output);
        Assert.DoesNotContain("tools not registered", sidecar.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_workers_of_a_server_end_with_it_however_it_ends()
    {
        var options = await TwoWorkersAsync();
        await using (var sidecar = await SidecarProcess.StartAsync(0, options))
        {
            var workers = await UpAsync(sidecar);
            Assert.Equal(0, await sidecar.StopAsync());
            Assert.DoesNotContain(workers, Processes.Lives);
        }

        await using (var sidecar = await SidecarProcess.StartAsync(0, options))
        {
            var workers = await UpAsync(sidecar);
            await sidecar.CrashAsync();
            await Processes.UntilAsync(() => !workers.Any(Processes.Lives), "the workers have ended", seconds: 15);
        }
    }

    /// <summary>A sidecar's command line.</summary>
    private static async Task<IReadOnlyList<string>> TwoWorkersAsync()
    {
        var worker = await Needed.Async(Python.ScriptAsync("tests/Interop/python/worker.py"));
        return
        [
            "--worker-command", $"[\"{worker.File}\", \"{worker.Arguments[0]}\"]",
            "--workers", "2",
            .. worker.Environment.SelectMany(variable => new[] { "--worker-env", $"{variable.Key}={variable.Value}" }),
        ];
    }

    /// <summary>The processes of its two workers, once they are up, and their words have reached the log.</summary>
    private static async Task<IReadOnlyList<int>> UpAsync(SidecarProcess sidecar)
    {
        await Processes.UntilAsync(() => Ids(sidecar.Log).Count == 2, "two workers up");
        var ids = Ids(sidecar.Log);
        await Processes.UntilAsync(
            () => ids.All(id => sidecar.Log.Contains($"({id}): serves tools", StringComparison.Ordinal)), "their words in the log");
        return ids;
    }

    private static List<int> Ids(string log) =>
    [
        .. log.Split('\n')
            .Select(line => line.Split(" is up: process "))
            .Where(parts => parts.Length == 2)
            .Select(parts => int.Parse(parts[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)),
    ];
}
