using System.Diagnostics;
using Snakepit.Protocol.Bridge;
using Snakepit.Tests.Robustness.Support;
using Snakepit.Tests.Robustness.Validation;

namespace Snakepit.Tests.Robustness.Load;

/// <summary>Reads one variable and the whole session in turn, and writes down what it was answered, and when.</summary>
/// <param name="number">Tells it from others.</param>
/// <param name="session">What it reads.</param>
/// <param name="servers">Whom it calls.</param>
/// <param name="pause">Between two reads.</param>
internal sealed class Reader(int number, string session, IServers servers, TimeSpan pause)
{
    private readonly List<Read> _reads = [];
    private readonly Random _random = new(1_000 + number);

    /// <summary>Complete once the reader has ended.</summary>
    public IReadOnlyList<Read> Reads => _reads;

    public async Task RunAsync(Task stop)
    {
        for (var n = 0; !stop.IsCompleted; n++)
        {
            var name = Writer.Variables[_random.Next(Writer.Variables.Count)];
            var isOne = n % 2 == 0;

            // One that was asked again counts from the time when it was asked last: only that was answered.
            var began = 0L;
            var variables = await servers.CallAsync(client =>
            {
                began = Stopwatch.GetTimestamp();
                return isOne ? OneAsync(client, name) : client.ListAsync(session);
            });
            _reads.Add(new Read(began, Stopwatch.GetTimestamp(), variables.ToDictionary(
                variable => variable.Name, variable => (variable.Version, BridgeClient.Unpack(variable.Value)))));
            await Task.Delay(pause);
        }
    }

    private async Task<IReadOnlyList<Variable>> OneAsync(BridgeClient client, string name)
    {
        var request = new GetVariableRequest { SessionId = session, VariableIdentifier = name };
        return [(await client.CallAsync<GetVariableResponse>("GetVariable", request)).Variable];
    }
}
