namespace Snakepit.Bench;

/// <summary>A server in Python, on grpcio, in the shape of the one whose place this product takes.</summary>
/// <param name="program">Its source.</param>
/// <param name="stubs">The folder of its generated messages.</param>
internal sealed class PythonContender(string program, string stubs) : Contender("Python", new PythonDialect())
{
    private const string Interpreter = "/usr/bin/python3";

    public override string? Missing => Directory.Exists(stubs)
        ? MissingProgram(Interpreter, "python3-grpcio")
        : "protoc or its plugin is missing (Debian: protobuf-compiler, protobuf-compiler-grpc, python3-grpcio)";

    public override async Task<MeasuredServer> StartAsync()
    {
        var process = await ServerProcess.StartAsync(Interpreter, [program], ("PYTHONPATH", stubs));
        return new MeasuredServer([("python", process)], static () => ValueTask.CompletedTask);
    }

    /// <summary>A watch takes one of its ten threads for as long as it is open, so a crowd of them is not asked of it.</summary>
    private sealed class PythonDialect : Dialect
    {
        private readonly BridgeDialect _bridge = new();

        public override Task PrepareAsync(int port, int variables) => _bridge.PrepareAsync(port, variables);

        public override UnaryCall? Call(Operation operation, int variables) =>
            operation == Operation.SetHundred ? null : _bridge.Call(operation, variables);
    }
}
