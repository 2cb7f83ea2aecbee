using System.CommandLine;
using Snakepit.Protocol.Bridge;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Sidecar.Client;

/// <summary>`snakepit call`: runs a tool of a session.</summary>
internal sealed class CallCommand : ClientCommand
{
    private readonly Argument<string> _session = Inputs.Session();
    private readonly Argument<string> _tool = new("TOOL") { Description = "the tool's name" };
    private readonly Argument<string[]> _parameters = new("KEY=VALUE")
    {
        Description = "parameters: values as JSON, whatever is no JSON as a text",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<bool> _stream = new("--stream") { Description = "print chunks as they come" };

    public CallCommand()
        : base(
            "call",
            "Run a tool of a session and print its result.",
            "snakepit call tour add a=2 b=40",
            "snakepit call tour summarize text='as it is' options='{\"words\": 50}' --timeout 5m",
            "snakepit call tour generate prompt=hello --stream")
    {
        Takes([_session, _tool, _parameters], _stream);
    }

    protected override async Task RunAsync(
        ParseResult parsed, ServerConnection server, Output output, CancellationToken cancellation)
    {
        var request = new ExecuteToolRequest
        {
            SessionId = parsed.GetRequiredValue(_session),
            ToolName = parsed.GetRequiredValue(_tool),
        };
        foreach (var parameter in parsed.GetValue(_parameters) ?? [])
        {
            var end = parameter.IndexOf('=', StringComparison.Ordinal);
            var key = end > 0 ? parameter[..end] : throw new MistakeException($"'{parameter}' is not KEY=VALUE, as count=2");
            request.Parameters[key] = ToolOutput.Parameter(parameter[(end + 1)..]);
        }

        if (parsed.GetValue(_stream))
        {
            using var end = new EndSignal();
            await StreamAsync(request, server, output, end.Cancellation);
            return;
        }

        var answer = await server.BridgeAsync("ExecuteTool", request, ExecuteToolResponse.Parser, cancellation);
        RpcFailure.Require(answer.Success, answer.ErrorMessage);
        output.Write(ToolOutput.Text(answer), json => ToolOutput.WriteJson(json, answer));
    }

    private static async Task StreamAsync(
        ExecuteToolRequest request, ServerConnection server, Output output, CancellationToken cancellation)
    {
        try
        {
            using var chunks = server.StreamTool(request, cancellation);
            await foreach (var chunk in chunks.ReadAllAsync(cancellation))
            {
                // An empty last chunk says only that there are no more.
                if (output.IsJson || !chunk.Data.IsEmpty)
                {
                    output.Write(ToolOutput.Text(chunk.Data), json => ToolOutput.WriteJson(json, chunk));
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw new MistakeException("the call was cancelled", ExitCode.Refused);
        }
    }
}
