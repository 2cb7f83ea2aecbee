using System.CommandLine;
using System.Text.Json;
using Google.Protobuf;
using Snakepit.Protocol.Bridge;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Sidecar.Client;

/// <summary>`snakepit history`: a variable's versions, newest first.</summary>
internal sealed class HistoryCommand : ClientCommand
{
    private static readonly Table<VariableHistoryEntry> Table = new(
        ("VERSION", entry => Shown.Number(entry.Version)),
        ("TIME", entry => Shown.Time(entry.Timestamp)),
        ("CHANGED BY", entry => entry.ChangedBy is "" ? "-" : entry.ChangedBy),
        ("VALUE", entry => Shown.Short(Shown.Value(entry.Value, ByteString.Empty))));

    private readonly Argument<string> _session = Inputs.Session();
    private readonly Argument<string> _name = Inputs.Name();
    private readonly Option<int> _limit = new("--limit")
    {
        Description = "versions to print at the most; 0 = all that are kept",
        HelpName = "N",
        CustomParser = Inputs.WholeNumber<int>,
    };

    public HistoryCommand()
        : base("history", "Print a variable's versions, newest first.", "snakepit history tour temperature --limit 10")
    {
        Takes([_session, _name], _limit);
    }

    protected override async Task RunAsync(
        ParseResult parsed, ServerConnection server, Output output, CancellationToken cancellation)
    {
        var answer = await server.BridgeAsync(
            "GetVariableHistory",
            new GetVariableHistoryRequest
            {
                SessionId = parsed.GetRequiredValue(_session),
                VariableIdentifier = parsed.GetRequiredValue(_name),
                Limit = parsed.GetValue(_limit),
            },
            GetVariableHistoryResponse.Parser,
            cancellation);
        output.Write(answer.Entries, Table, WriteJson);
    }

    private static void WriteJson(Utf8JsonWriter json, VariableHistoryEntry entry)
    {
        json.WriteNumber("version", entry.Version);
        json.WriteString("time", Shown.Time(entry.Timestamp));
        json.WriteString("changed_by", entry.ChangedBy);
        VariableOutput.WriteValue(json, "value", entry.Value, ByteString.Empty);
        VariableOutput.WriteMetadata(json, entry.Metadata);
    }
}
