using System.Diagnostics;
using Snakepit.Protocol.Rpc;
using Snakepit.Tests.Robustness.Support;
using Snakepit.Tests.Robustness.Validation;

namespace Snakepit.Tests.Robustness.Load;

/// <summary>
/// Writes one thing after another: single values and batches, most with a request id and repeated until they
/// are acknowledged, some without one and sent once.
/// </summary>
/// <param name="number">Tells its writes from those of others.</param>
/// <param name="session">The session it writes to.</param>
/// <param name="servers">Whom it calls.</param>
/// <param name="acknowledged">Told of each acknowledgement.</param>
/// <param name="pause">Between an acknowledgement and the next write.</param>
internal sealed class Writer(int number, string session, IServers servers, Progress acknowledged, TimeSpan pause)
{
    private readonly List<Write> _writes = [];
    private readonly Random _random = new(number);

    /// <summary>Names of the variables that all writers share.</summary>
    public static IReadOnlyList<string> Variables { get; } =
        [.. from letter in "ab" from digit in Enumerable.Range(0, 6) select $"{letter}.{digit}"];

    /// <summary>Complete once the writer has ended.</summary>
    public IReadOnlyList<Write> Writes => _writes;

    /// <summary>Goes on until it is to stop, and then until its last write is acknowledged.</summary>
    public async Task RunAsync(Task stop)
    {
        for (var n = 0; !stop.IsCompleted; n++)
        {
            var write = new Write(Values(n), IsAtomic: n % 8 != 7, Acknowledged: null, Stopwatch.GetTimestamp());
            var answer = await SendAsync(write, n);
            _writes.Add(write with { Acknowledged = answer, Ended = Stopwatch.GetTimestamp() });
            await Task.Delay(pause);
        }
    }

    private Dictionary<string, string> Values(int n)
    {
        var count = n % 2 == 0 ? 1 : _random.Next(2, 6);
        return _random.GetItems(Variables.ToArray(), count).Distinct().ToDictionary(name => name, name => $"{number}/{n}/{name}");
    }

    private async Task<Acknowledgement?> SendAsync(Write write, int n)
    {
        var answer = n % 8 == 2
            ? await SendOnceAsync(write)
            : await servers.CallAsync(client => CallAsync(client, write, $"{number}/{n}"));
        if (answer is not null)
        {
            acknowledged.Note();
        }

        return answer;
    }

    private async Task<Acknowledgement?> SendOnceAsync(Write write)
    {
        var client = await servers.ClientAsync();
        try
        {
            return await CallAsync(client, write, requestId: "");
        }
        catch (RpcException failure) when (servers.IsWithoutAnswer(failure))
        {
            await servers.UnavailableAsync(client, failure);
            return null;
        }
    }

    private async Task<Acknowledgement> CallAsync(BridgeClient client, Write write, string requestId)
    {
        if (write.Values.Count == 1)
        {
            var (name, value) = write.Values.Single();
            var reply = await client.SetAsync(session, name, value, requestId);
            return new Acknowledgement(reply.Revision, new Dictionary<string, int> { [name] = reply.NewVersion });
        }

        var replies = await client.SetAllAsync(session, write.Values, write.IsAtomic, requestId);
        return new Acknowledgement(replies.Revision, replies.NewVersions.ToDictionary());
    }
}
