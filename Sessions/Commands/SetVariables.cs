using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Bridge;
using Value = Snakepit.Sessions.Values.Value;

namespace Snakepit.Sessions.Commands;

/// <summary>Many values in one commit: all or nothing, or each on its own merits.</summary>
internal static class SetVariables
{
    private sealed record Item(string Identifier, VariableState Variable, Value Value);

    public static Outcome<IMessage> Apply(SessionDraft draft, BatchSetVariablesRequest request)
    {
        var identifiers = request.Updates.Keys
            .Concat(request.BinaryUpdates.Keys.Where(key => !request.Updates.ContainsKey(key)))
            .ToList();
        if (identifiers.Count > draft.Limits.MaxBatch)
        {
            return Refusal.Exhausted($"batch has {identifiers.Count} items, the limit is {draft.Limits.MaxBatch}");
        }

        if (request.ExpectedVersions.Keys.FirstOrDefault(key => !Updates(request, key)) is { } unmatched)
        {
            return Refusal.Invalid($"expected_versions names {unmatched}, which is not among the updates");
        }

        var response = new BatchSetVariablesResponse();
        var items = Judge(draft, request, identifiers, response);
        if (response.Errors.Count == 0 || !request.Atomic)
        {
            foreach (var item in items)
            {
                // An item before this one may have logged a dependency_change of the same variable.
                var before = draft.Present(item.Variable)!;
                var after = VersionWriter.Write(draft, before, item.Value, request.Metadata);
                response.NewVersions.Add(item.Identifier, after.Version);
            }
        }

        response.Success = response.NewVersions.Count > 0 || identifiers.Count == 0;
        response.Revision = draft.Revision;
        return response;
    }

    private static List<Item> Judge(
        SessionDraft draft, BatchSetVariablesRequest request, List<string> identifiers, BatchSetVariablesResponse response)
    {
        var items = new List<Item>(identifiers.Count);
        foreach (var identifier in identifiers)
        {
            var judged = draft.Find(identifier) is { } variable
                ? Judge(draft, request, identifier, variable)
                : Refusal.VariableNotFound(identifier);
            if (judged.IsRefused)
            {
                response.Errors.Add(identifier, judged.Refusal.Message);
            }
            else
            {
                items.Add(judged.Value);
            }
        }

        return items;
    }

    private static Outcome<Item> Judge(
        SessionDraft draft, BatchSetVariablesRequest request, string identifier, VariableState variable)
    {
        // A map has no order: which of two values for one variable should win is not for us to guess. It has two
        // identifiers, its id and its name.
        var other = identifier == variable.Id ? variable.Name : variable.Id;
        if (Updates(request, other))
        {
            return Refusal.Invalid($"{identifier} and {other} name the same variable");
        }

        request.Updates.TryGetValue(identifier, out Any? any);
        var binary = request.BinaryUpdates.TryGetValue(identifier, out var bytes) ? bytes : ByteString.Empty;
        int? expected = request.ExpectedVersions.TryGetValue(identifier, out var version) ? version : null;
        var value = VersionWriter.Prepare(draft, variable, any, binary, request.Metadata, expected);
        return value.IsRefused ? value.Refusal : new Item(identifier, variable, value.Value);
    }

    private static bool Updates(BatchSetVariablesRequest request, string identifier) =>
        request.Updates.ContainsKey(identifier) || request.BinaryUpdates.ContainsKey(identifier);
}
