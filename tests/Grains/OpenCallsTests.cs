using System.Collections.Concurrent;
using Snakepit.GrpcGateway.Cluster;
using Snakepit.Sessions;

namespace Snakepit.Tests.Grains;

public sealed class OpenCallsTests
{
    private static readonly SessionKey[] Keys = [new("", "a"), new("", "b"), new("other", "a")];

    private readonly OpenCalls _calls = new();

    [Fact]
    public void What_is_called_settled_is_all_that_was_before_the_oldest_open_call()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var open = Keys.ToDictionary(key => key, _ => new SortedDictionary<long, OpenCalls.OpenCall>());
            for (var step = 0; step < 200; step++)
            {
                var key = Keys[random.Next(Keys.Length)];
                if (random.Next(2) == 0)
                {
                    var call = _calls.Begin(key);
                    var id = IdOf(call);
                    open[key].Add(id.Sequence, call);
                    Assert.Equal((open[key].Keys.Last(), open[key].Keys.First()), (id.Sequence, id.Settled));
                }
                else if (open[key].Count > 0)
                {
                    var ended = open[key].ElementAt(random.Next(open[key].Count));
                    ended.Value.Dispose();
                    open[key].Remove(ended.Key);
                }
            }

            foreach (var call in open.Values.SelectMany(calls => calls.Values))
            {
                call.Dispose();
            }
        }
    }

    [Fact]
    public async Task No_call_that_is_open_is_ever_called_settled_by_another_thread()
    {
        var open = Keys.ToDictionary(key => key, _ => new ConcurrentDictionary<long, bool>());
        await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 5_000; i++)
            {
                var key = Keys[random.Next(Keys.Length)];
                using var call = _calls.Begin(key);
                var id = IdOf(call);
                Assert.True(open[key].TryAdd(id.Sequence, true));
                Thread.SpinWait(random.Next(50));
                Assert.DoesNotContain(open[key].Keys, sequence => sequence < id.Settled);
                Assert.True(open[key].TryRemove(id.Sequence, out _));
            }
        })));

        using var last = _calls.Begin(Keys[0]);
        Assert.Equal(IdOf(last).Sequence, IdOf(last).Settled);
    }

    [Fact]
    public void Two_gateways_give_no_id_twice()
    {
        var (one, other) = (_calls.Begin(Keys[0]), new OpenCalls().Begin(Keys[0]));
        Assert.Equal(IdOf(one).Sequence, IdOf(other).Sequence);
        Assert.NotEqual(IdOf(one).Caller, IdOf(other).Caller);
    }

    private static MintedRequestId IdOf(OpenCalls.OpenCall call)
    {
        Assert.True(MintedRequestId.TryParse(call.RequestId, out var id));
        return id.Value;
    }
}
