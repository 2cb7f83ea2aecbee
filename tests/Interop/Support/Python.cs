namespace Snakepit.Tests.Interop;

/// <summary>A Python with grpcio, and stubs generated for it from the contracts, once for all tests.</summary>
internal static class Python
{
    private const string Packages = "python3-grpcio, python3-protobuf, protobuf-compiler, protobuf-compiler-grpc";

    /// <summary>The system's own comes first: that is where a distribution's packages are found.</summary>
    private static readonly string[] Candidates = ["/usr/bin/python3", "python3"];

    private static readonly Lazy<Task<(string Interpreter, string Stubs)>> Prepared = new(PrepareAsync);

    /// <param name="script">Its path in the repository.</param>
    /// <exception cref="ToolMissingException">No Python here has what is needed.</exception>
    public static async Task<ForeignProgram> ScriptAsync(string script)
    {
        var (interpreter, stubs) = await Prepared.Value;
        return new ForeignProgram(interpreter, [SourceTree.Full(script)])
        {
            Environment = new Dictionary<string, string>
            {
                ["PYTHONPATH"] = stubs,
                ["PYTHONDONTWRITEBYTECODE"] = "1",
                ["PYTHONIOENCODING"] = "utf-8",
            },
        };
    }

    private static async Task<(string Interpreter, string Stubs)> PrepareAsync()
    {
        var interpreter = await FindAsync();
        var stubs = Path.Combine(AppContext.BaseDirectory, "python-stubs");
        var generated = await new ForeignProgram(interpreter, [SourceTree.Full("tests/Interop/python/stubs.py"), stubs]).RunAsync();
        return generated.ExitCode == 0
            ? (interpreter, stubs)
            : throw new InvalidOperationException($"stubs.py failed:\n{generated.Error}");
    }

    private static async Task<string> FindAsync()
    {
        if (Commands.Find("protoc") is not null && Commands.Find("grpc_python_plugin") is not null)
        {
            foreach (var candidate in Candidates.Select(Commands.Find).OfType<string>())
            {
                var tried = await new ForeignProgram(candidate, ["-c", "import grpc, google.protobuf"]).RunAsync();
                if (tried.ExitCode == 0)
                {
                    return candidate;
                }
            }
        }

        throw new ToolMissingException($"python3 with grpcio and protoc are not installed (Debian: {Packages})");
    }
}
