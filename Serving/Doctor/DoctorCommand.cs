using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using Snakepit.Serving.CommandLine;
using Snakepit.Serving.Settings;

namespace Snakepit.Serving.Doctor;

/// <summary>
/// `doctor`, given the same options as a server: whether a server with them would serve well, and what to do if not.
/// Starts and changes nothing.
/// </summary>
/// <typeparam name="TOptions">What the settings add up to.</typeparam>
[SuppressMessage("Design", "CA1010", Justification = "Command itself is an untyped collection, for initializers only")]
public abstract class DoctorCommand<TOptions> : DocumentedCommand
    where TOptions : class
{
    private readonly IReadOnlyList<Setting> _all;
    private readonly SettingOptions _settings;
    private readonly string _server;
    private readonly Option<bool> _json = new("--json") { Description = "print JSON, one object a line" };

    /// <param name="settings">Those of the server.</param>
    /// <param name="server">The command that serves, as `snakepit serve`.</param>
    /// <param name="checks">What is looked at, as a list in a sentence.</param>
    /// <param name="examples">Whole command lines.</param>
    protected DoctorCommand(IReadOnlyList<Setting> settings, string server, string checks, params string[] examples)
        : base(
            "doctor",
            $"Check {checks} for a server with the same options, and say what to do. Starts and changes nothing. Exit code 1 where something is wrong.",
            examples)
    {
        (_all, _settings, _server) = (settings, new SettingOptions(settings), server);
        Options.Add(_json);
        SetAction((parsed, _) => RunAsync(parsed));
    }

    /// <summary>Adds the options of its own, and the server's behind them.</summary>
    protected void Takes(params Option[] options)
    {
        foreach (var option in options)
        {
            Options.Add(option);
        }

        _settings.AddTo(this);
    }

    /// <exception cref="MistakeException">A setting is wrong.</exception>
    protected abstract TOptions OptionsFrom(SettingValues values);

    protected abstract IAsyncEnumerable<Finding> ExamineAsync(TOptions options, ParseResult parsed);

    private async Task<int> RunAsync(ParseResult parsed)
    {
        var output = new Output(parsed.InvocationConfiguration.Output, parsed.GetValue(_json));
        var worst = Verdict.Good;
        await foreach (var finding in FindAsync(parsed))
        {
            worst = finding.Verdict > worst ? finding.Verdict : worst;
            output.Write(LineOf(finding), json =>
            {
                json.WriteString("subject", finding.Subject);
                json.WriteString("verdict", WordOf(finding.Verdict));
                json.WriteString("text", finding.Text);
                if (finding.Advice.Length > 0)
                {
                    json.WriteString("advice", finding.Advice);
                }
            });
        }

        return (int)(worst == Verdict.Bad ? ExitCode.Mistake : ExitCode.Done);
    }

    private async IAsyncEnumerable<Finding> FindAsync(ParseResult parsed)
    {
        var (options, mistake) = Read(parsed);
        if (options is null)
        {
            yield return Finding.Bad("settings", mistake!, $"see {_server} --help");
            yield break;
        }

        yield return Finding.Good("settings", "understood");
        foreach (var mistyped in MistypedVariables.Here(_all))
        {
            yield return Finding.Doubtful("settings", mistyped, "name it so, or take it away");
        }

        await foreach (var finding in ExamineAsync(options, parsed))
        {
            yield return finding;
        }
    }

    private (TOptions? Options, string? Mistake) Read(ParseResult parsed)
    {
        try
        {
            return (OptionsFrom(SettingValues.ReadWithFile(_all, setting => _settings.TextOf(setting, parsed))), null);
        }
        catch (MistakeException mistake)
        {
            return (null, mistake.Message);
        }
    }

    private static string LineOf(Finding finding) =>
        $"{WordOf(finding.Verdict),-6}{finding.Subject,-12}{finding.Text}{(finding.Advice.Length > 0 ? $"{Environment.NewLine}      → {finding.Advice}" : "")}";

    private static string WordOf(Verdict verdict) => verdict switch
    {
        Verdict.Good => "ok",
        Verdict.Doubtful => "warn",
        _ => "bad",
    };
}
