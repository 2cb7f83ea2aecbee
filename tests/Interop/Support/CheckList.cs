namespace Snakepit.Tests.Interop;

/// <summary>A foreign program's checks as rows of a theory: each is a result of its own.</summary>
internal static class CheckList
{
    /// <summary>
    /// Runs the program against a sidecar of its own. Its exit is a row too: a program that dies half-way, or checks
    /// nothing, fails.
    /// </summary>
    /// <param name="name">The program, as results and skips call it.</param>
    /// <param name="program">What to run; it is given the server's HOST:PORT as its last argument.</param>
    public static async Task<IReadOnlyCollection<TheoryDataRow<Check>>> RunAsync(string name, Func<Task<ForeignProgram>> program)
    {
        try
        {
            var foreign = await program();
            await using var sidecar = await SidecarProcess.StartAsync();
            var ended = await foreign.RunAsync(sidecar.Target);
            return Rows(name, ended, $"\nthe sidecar's log:\n{sidecar.Log}");
        }
        catch (ToolMissingException missing)
        {
            return [new TheoryDataRow<Check>(new Check(name, null)) { Skip = missing.Message }];
        }
    }

    /// <summary>The same for a program that starts its servers itself.</summary>
    /// <param name="name">The program, as results and skips call it.</param>
    /// <param name="program">What to run.</param>
    public static Task<IReadOnlyCollection<TheoryDataRow<Check>>> RunAloneAsync(string name, Func<Task<ForeignProgram>> program) =>
        RunAloneAsync(name, async () => await (await program()).RunAsync());

    /// <summary>The same for one that has servers started for it.</summary>
    /// <param name="name">The program, as results and skips call it.</param>
    /// <param name="run">Starts them, runs it, and ends them.</param>
    public static async Task<IReadOnlyCollection<TheoryDataRow<Check>>> RunAloneAsync(string name, Func<Task<ForeignProgram.Ended>> run)
    {
        try
        {
            return Rows(name, await run(), "");
        }
        catch (ToolMissingException missing)
        {
            return [new TheoryDataRow<Check>(new Check(name, null)) { Skip = missing.Message }];
        }
    }

    private static IReadOnlyCollection<TheoryDataRow<Check>> Rows(string name, ForeignProgram.Ended ended, string log)
    {
        var checks = ended.Output.Select(Check.Parse).OfType<Check>().ToList();
        checks.Add(new Check($"{name} runs to its end", FailureOf(ended, checks, log)));
        return [.. checks.Select(check => new TheoryDataRow<Check>(check))];
    }

    private static string? FailureOf(ForeignProgram.Ended ended, List<Check> checks, string log)
    {
        var expected = checks.Exists(check => check.Failure is not null) ? 1 : 0;
        return checks.Count > 0 && ended.ExitCode == expected
            ? null
            : $"{checks.Count} checks, exit status {ended.ExitCode}, stderr:\n{ended.Error}{log}";
    }
}
