using Snakepit.Sessions;

namespace Snakepit.Tests.Properties.Sessions;

/// <summary>States as text, to be compared whole.</summary>
internal static class Shown
{
    public static string State(SessionState state) => string.Join(
        '\n',
        [
            $"commit {state.CommitNumber} revision {state.Revision} {state.Header}",
            .. state.ListInOrder(static _ => true).Select(static kept => Variable(kept.Open())),
            .. state.Tools.Set.Tools.Select(tool => Short(tool.ToString())),
        ]);

    private static string Variable(VariableState variable) => string.Join(
        ' ',
        [
            Short(variable.ToMessage().ToString()),
            Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(variable.Wire.Span)),
            $"at {variable.RegisteredAt} {variable.ValueRevision} {variable.LargeValueRevision}",
            .. variable.Dependencies.Select(edge => $"needs {edge.ToId} {edge.Type}"),
            .. variable.Dependents.Select(id => $"needed by {id}"),
        ]);

    private static string Short(string text) => text.Length < 2_000 ? text : text[..1_000];
}
