using System.CommandLine;
using System.Text.Json;
using Snakepit.Protocol.Tools;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Sidecar.Client;

/// <summary>`snakepit tools`: a session's tools, and who serves them.</summary>
internal sealed class ToolsCommand : ClientCommand
{
    private static readonly Table<HostedTool> Table = new(
        ("TOOL", tool => tool.Spec.Name),
        ("PARAMETERS", tool => string.Join(", ", tool.Spec.Parameters.Select(Signature))),
        ("STREAMS", tool => tool.Spec.SupportsStreaming ? "yes" : "no"),
        ("HOSTS", tool => string.Join(", ", tool.Hosts.Select(host => host.Id))),
        ("DESCRIPTION", tool => Shown.Short(tool.Spec.Description)));

    private readonly Argument<string> _session = Inputs.Session();

    public ToolsCommand()
        : base("tools", "List a session's tools, with the hosts that serve each.", "snakepit tools tour", "snakepit tools tour --json")
    {
        Takes([_session]);
    }

    protected override async Task RunAsync(
        ParseResult parsed, ServerConnection server, Output output, CancellationToken cancellation)
    {
        var request = new ListToolsRequest { SessionId = parsed.GetRequiredValue(_session) };
        var answer = await server.ToolsAsync("ListTools", request, ListToolsResponse.Parser, cancellation);
        output.Write(answer.Tools, Table, WriteJson);
    }

    /// <summary>An optional one ends in a question mark.</summary>
    private static string Signature(Protocol.Bridge.ParameterSpec parameter) =>
        $"{parameter.Name}{(parameter.Required ? "" : "?")}: {parameter.Type}";

    private static void WriteJson(Utf8JsonWriter json, HostedTool tool)
    {
        json.WriteString("name", tool.Spec.Name);
        json.WriteString("description", tool.Spec.Description);
        json.WriteBoolean("streams", tool.Spec.SupportsStreaming);
        json.WriteStartArray("parameters");
        foreach (var parameter in tool.Spec.Parameters)
        {
            json.WriteStartObject();
            json.WriteString("name", parameter.Name);
            json.WriteString("type", parameter.Type);
            json.WriteBoolean("required", parameter.Required);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("hosts");
        foreach (var host in tool.Hosts)
        {
            json.WriteStartObject();
            json.WriteString("id", host.Id);
            json.WriteString("kind", host.Kind.ToString().ToLowerInvariant());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        VariableOutput.WriteMetadata(json, tool.Spec.Metadata);
    }
}
