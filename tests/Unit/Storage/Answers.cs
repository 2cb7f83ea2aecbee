using Snakepit.Protocol.Storing;
using Snakepit.Storage;

namespace Snakepit.Tests.Storage;

/// <summary>What a store answers, in a form that compares by content.</summary>
internal static class Answers
{
    public static object Plain(StoredSession session) => (
        (session.Exists, session.CommitNumber, session.Revision, session.Floor, session.ExpiresAt, session.Header),
        session.Tools ?? new ToolSet(),
        string.Join("\n", session.Variables.Select(Plain).Order(StringComparer.Ordinal)),
        string.Join("\n", session.Requests.Select(request => request.ToString()).Order(StringComparer.Ordinal)),
        Plain(session.CommitsAfter));

    public static string Plain(IReadOnlyList<StoredCommit>? commits) => string.Join(
        "\n",
        (commits ?? []).Select(commit =>
            $"{commit.Number} {commit.LastRevision} {commit.Record} {string.Join(",", commit.Changes.Select(change => Plain(change.Large)))}"));

    private static string Plain(StoredVariable variable) => $"{variable.Record} {Plain(variable.Large)}";

    private static string Plain(LargeValue? large) => large is null ? "-" : $"{large.BinaryValue.Length}:{large.BinaryValue[0]}";
}
