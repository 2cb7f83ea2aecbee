using Snakepit.Protocol.Rpc;
using Snakepit.Serving.CommandLine;
using Snakepit.Storage;
using Snakepit.Transport;

namespace Snakepit.Sidecar.Demo;

/// <summary>`snakepit demo`: a tour against a server of its own, on data that go when it ends.</summary>
internal sealed class DemoCommand : DocumentedCommand
{
    public DemoCommand()
        : base(
            "demo",
            "Play a short tour: a server on a free port with throw-away data, a live watch, a restart, the calculator.",
            "snakepit demo")
    {
        SetAction((parsed, _) => RunAsync(parsed.InvocationConfiguration.Output));
    }

    private static async Task<int> RunAsync(TextWriter output)
    {
        using var end = new EndSignal();
        var folder = Directory.CreateTempSubdirectory("snakepit-demo-").FullName;
        try
        {
            await using var tour = new Tour(folder, output);
            await tour.PlayAsync(end.Cancellation);
            return (int)ExitCode.Done;
        }
        catch (OperationCanceledException) when (end.Cancellation.IsCancellationRequested)
        {
            return (int)ExitCode.Done;
        }
        catch (Exception failure) when (failure is RpcException or StoreException or EndpointUnavailableException)
        {
            throw new MistakeException($"the tour broke off: {failure.Message}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
