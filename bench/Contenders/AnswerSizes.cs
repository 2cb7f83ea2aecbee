using Google.Protobuf.WellKnownTypes;
using Snakepit.Transport;

namespace Snakepit.Bench;

/// <summary>How many bytes the sidecar answers, for the bare endpoint to answer as many.</summary>
/// <param name="Ping">Of Ping.</param>
/// <param name="Get">Of GetVariable.</param>
/// <param name="Set">Of SetVariable.</param>
/// <param name="SetHundred">Of SetVariables with a hundred.</param>
/// <param name="Update">Of one change to a watcher.</param>
internal sealed record AnswerSizes(int Ping, int Get, int Set, int SetHundred, int Update)
{
    public int Of(Operation operation) => operation switch
    {
        Operation.Ping => Ping,
        Operation.Get => Get,
        Operation.Set => Set,
        _ => SetHundred,
    };

    /// <summary>Asks a sidecar once.</summary>
    public static async Task<AnswerSizes> AskAsync(Contender sidecar)
    {
        await using var server = await sidecar.StartAsync();
        await sidecar.Dialect.PrepareAsync(server.Port, 100);
        using var channel = new RpcChannel($"127.0.0.1:{server.Port}");
        return new AnswerSizes(
            await SizeAsync(Operation.Ping),
            await SizeAsync(Operation.Get),
            await SizeAsync(Operation.Set),
            await SizeAsync(Operation.SetHundred),
            await UpdateSizeAsync());

        // Fields that a message does not know are kept, so an empty one is as long as what came.
        async Task<int> SizeAsync(Operation operation)
        {
            var call = sidecar.Dialect.Call(operation, 1)!;
            return (await channel.CallAsync(call.Path, call.Request, Empty.Parser)).CalculateSize();
        }

        async Task<int> UpdateSizeAsync()
        {
            var watch = sidecar.Dialect.Watch()!;
            using var stream = channel.Stream(watch.Path, watch.Request, Empty.Parser);
            for (var n = 0; n < watch.Snapshot; n++)
            {
                await stream.ReadAsync();
            }

            await SizeAsync(Operation.Set);
            return (await stream.ReadAsync())!.CalculateSize();
        }
    }
}
