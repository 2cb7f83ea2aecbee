using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Bridge.Calculator;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Calculating;
using Snakepit.Protocol.Rpc;
using Snakepit.Sidecar.Client;
using Snakepit.Transport;

namespace Snakepit.Sidecar.Demo;

/// <summary>What the demo shows, step by step, over real gRPC.</summary>
internal sealed class Tour(string folder, TextWriter plainOutput) : IAsyncDisposable
{
    private const string Session = "tour";
    private const string Temperature = "temperature";
    private const string Prompt = "prompt";

    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);
    private static readonly string Calculator = CalculatorService.Contract.Name;

    // The watch prints from a thread of its own.
    private readonly TextWriter _output = TextWriter.Synchronized(plainOutput);
    private SidecarServer? _server;
    private ServerConnection? _connection;

    private ServerConnection Connection => _connection ?? throw new InvalidOperationException("no server runs");

    public async Task PlayAsync(CancellationToken cancellation)
    {
        await StartServerAsync();
        Say($"A server listens on port {_server!.Port} and keeps its data in {folder}.");

        Say("A variable has a type and constraints. Registering one makes its session.");
        await RegisterAsync(Temperature, "float", "0.7", """{"min": 0, "max": 2}""", cancellation);
        await RegisterAsync(Prompt, "string", "\"Answer briefly.\"", "", cancellation);

        Say("A watch begins with what is there, and then sees every change with its old value.");
        var watch = DemoWatch.Start(Connection, Session, afterRevision: null, _output, cancellation);
        await watch.SeesAsync(2, cancellation);
        await watch.SeesAsync(await SetAsync(Temperature, "0.9", null, cancellation), cancellation);
        await watch.SeesAsync(await SetAsync(Temperature, "1.1", null, cancellation), cancellation);

        Say("What breaks a constraint is refused, and so is a write that expects a version that has passed.");
        await SetAsync(Temperature, "3", null, cancellation);
        await SetAsync(Temperature, "0.5", expectedVersion: 0, cancellation);

        Say("A batch is one commit: all of it, or nothing.");
        await watch.SeesAsync(await SetBothAsync(cancellation), cancellation);

        Say("Every version is kept, and can be brought back as a new one.");
        await ShowHistoryAsync(cancellation);
        var seen = await RollBackAsync(cancellation);
        await watch.SeesAsync(seen, cancellation);

        Say("The server goes down. The watch is told so, and knows how far it had come.");
        await StopServerAsync();
        Tell($"the watch ended: {(await watch.EndAsync()).Message}; it had come to revision {watch.Revision}");

        Say("It comes back on the same data. Two sets happen while nobody watches; the watch resumes and has them.");
        await StartServerAsync();
        await SetAsync(Temperature, "1.3", null, cancellation);
        var last = await SetAsync(Temperature, "1.4", null, cancellation);
        var resumed = DemoWatch.Start(Connection, Session, watch.Revision, _output, cancellation);
        await resumed.SeesAsync(last, cancellation);

        Say("The calculator is on the same port: 0 + 5 - 3, times 10, by 2.");
        await CalculateAsync(cancellation);
        await StopServerAsync();
        await resumed.EndAsync();
        Say("That was all. Its data are gone; `snakepit serve` keeps yours.");
    }

    public async ValueTask DisposeAsync() => await StopServerAsync();

    private async Task StartServerAsync()
    {
        var options = SidecarOptions.Default with { Endpoints = [new GrpcEndpoint("localhost", 0)], DataFolder = folder };
        _server = await SidecarServer.StartAsync(options, NullLoggerFactory.Instance);
        _connection = new ServerConnection(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_server.Port}"), CallTimeout);
    }

    private async Task StopServerAsync()
    {
        if (_server is { } server)
        {
            _server = null;
            await server.StopAsync(TimeSpan.FromSeconds(1));
            await server.DisposeAsync();
            Connection.Dispose();
        }
    }

    private async Task RegisterAsync(
        string name, string type, string json, string constraints, CancellationToken cancellation)
    {
        var request = new RegisterVariableRequest
        {
            SessionId = Session,
            Name = name,
            Type = type,
            InitialValue = Pack(type, json),
            ConstraintsJson = constraints,
        };
        var reply = await Connection.BridgeAsync("RegisterVariable", request, RegisterVariableResponse.Parser, cancellation);
        Tell($"register {name} ({type}) = {json} {constraints}".TrimEnd() + $" -> {reply.VariableId}");
    }

    /// <summary>The set's revision; 0 = it was refused.</summary>
    private async Task<long> SetAsync(string name, string json, int? expectedVersion, CancellationToken cancellation)
    {
        var request = new SetVariableRequest { SessionId = Session, VariableIdentifier = name, Value = Pack("float", json) };
        var expecting = "";
        if (expectedVersion is { } version)
        {
            request.ExpectedVersion = version;
            expecting = $", expecting version {version}";
        }

        try
        {
            var reply = await Connection.BridgeAsync("SetVariable", request, SetVariableResponse.Parser, cancellation);
            Tell($"set {name} = {json}{expecting} -> version {reply.NewVersion}, revision {reply.Revision}");
            return reply.Revision;
        }
        catch (RpcException refusal) when (!RpcFailure.IsUnreachable(refusal))
        {
            Tell($"set {name} = {json}{expecting} -> refused, {refusal.Status.Message}");
            return 0;
        }
    }

    private async Task<long> SetBothAsync(CancellationToken cancellation)
    {
        var request = new BatchSetVariablesRequest { SessionId = Session, Atomic = true };
        request.Updates.Add(Temperature, Pack("float", "0.2"));
        request.Updates.Add(Prompt, Pack("string", "\"Think first.\""));
        var reply = await Connection.BridgeAsync("SetVariables", request, BatchSetVariablesResponse.Parser, cancellation);
        Tell($"set both -> revision {reply.Revision}");
        return reply.Revision;
    }

    private async Task ShowHistoryAsync(CancellationToken cancellation)
    {
        var request = new GetVariableHistoryRequest { SessionId = Session, VariableIdentifier = Temperature };
        var reply = await Connection.BridgeAsync("GetVariableHistory", request, GetVariableHistoryResponse.Parser, cancellation);
        Tell("history: " + string.Join(", ", reply.Entries.Select(entry => $"v{entry.Version} = {entry.Value.Value.ToStringUtf8()}")));
    }

    private async Task<long> RollBackAsync(CancellationToken cancellation)
    {
        var request = new RollbackVariableRequest { SessionId = Session, VariableIdentifier = Temperature, TargetVersion = 0 };
        var reply = await Connection.BridgeAsync("RollbackVariable", request, RollbackVariableResponse.Parser, cancellation);
        Tell($"roll back to version 0 -> version {reply.Variable.Version}");
        return reply.Revision;
    }

    private async Task CalculateAsync(CancellationToken cancellation)
    {
        Task<T> CallAsync<T>(string method, IMessage request, MessageParser<T> parser)
            where T : class, IMessage<T> => Connection.CallAsync(Calculator, method, request, parser, cancellation);

        var token = (await CallAsync("Create", new Number(), SessionOperation.Parser)).Token;
        foreach (var (method, value) in new[] { ("Add", 5f), ("Subtract", 3f), ("Multiply", 10f), ("Divide", 2f) })
        {
            await CallAsync(method, new SessionOperation { Token = token, Value = value }, Number.Parser);
        }

        var answer = await CallAsync("Answer", new SessionOperation { Token = token }, Number.Parser);
        Tell($"answer: {answer.Value.ToString("0.0", CultureInfo.InvariantCulture)}");
    }

    private static Any Pack(string type, string json) =>
        new() { TypeUrl = $"type.googleapis.com/snakepit.{type}", Value = ByteString.CopyFromUtf8(json) };

    private void Say(string text) => _output.WriteLine($"{Environment.NewLine}{text}");

    private void Tell(string text) => _output.WriteLine($"    {text}");
}
