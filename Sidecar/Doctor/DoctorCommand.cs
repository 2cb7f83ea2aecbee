using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using Snakepit.Serving.CommandLine;
using Snakepit.Serving.Settings;
using Snakepit.Sidecar.Client;
using Snakepit.Sidecar.Settings;

namespace Snakepit.Sidecar.Doctor;

/// <summary>`snakepit doctor`: whether a server with these settings would serve well, and what to do if not. Starts and changes nothing.</summary>
internal sealed class DoctorCommand : DocumentedCommand
{
    private readonly SettingOptions _settings = new(ServeSettings.All);

    private readonly Option<bool> _deep = new("--deep") { Description = "read every page of the store; takes as long as reading the file" };

    private readonly Option<bool> _json = new("--json") { Description = "print JSON, one object a line" };

    public DoctorCommand()
        : base(
            "doctor",
            "Check settings, store, disk, ports, clock and limits for a server with the same options, and say what to do. "
                + "Starts and changes nothing. Exit code 1 where something is wrong.",
            "snakepit doctor",
            "snakepit doctor --data ./data --port 3000 --deep")
    {
        Options.Add(_deep);
        Options.Add(_json);
        _settings.AddTo(this);
        SetAction((parsed, _) => RunAsync(parsed));
    }

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
            yield return Finding.Bad("settings", mistake!, "see snakepit serve --help");
            yield break;
        }

        yield return Finding.Good("settings", "understood");
        foreach (var stored in options.DataFolder is { } folder
            ? new FolderChecks(folder, parsed.GetValue(_deep), options.TimeProvider).Run()
            : [Finding.Doubtful("store", "memory: everything ends with the process", "name a folder with --data to keep it")])
        {
            yield return stored;
        }

        X509Certificate2? certificate = null;
        if (options.Tls is { } tls)
        {
            (var shown, certificate) = TlsChecks.Certificate(tls.Files, options.TimeProvider);
            yield return shown;
        }

        if (await AccessChecks.RunAsync(options.Access, options.TimeProvider) is { } allowed)
        {
            yield return allowed;
        }

        foreach (var endpoint in options.Endpoints)
        {
            yield return await PortChecks.CallsAsync(endpoint, certificate);
        }

        if (options.Admin is { } admin)
        {
            yield return await PortChecks.AdminAsync(admin.Endpoint, certificate);
        }

        foreach (var files in MachineChecks.OpenFiles())
        {
            yield return files;
        }

        yield return MachineChecks.Memory();
        if (options.Telemetry.Otlp is { } collector)
        {
            yield return await MachineChecks.CollectorAsync(collector);
        }
    }

    private (SidecarOptions? Options, string? Mistake) Read(ParseResult parsed)
    {
        try
        {
            return (ServeOptions.From(SettingValues.ReadWithFile(ServeSettings.All, setting => _settings.TextOf(setting, parsed))), null);
        }
        catch (MistakeException mistake)
        {
            return (null, mistake.Message);
        }
    }

    private static string LineOf(Finding finding) =>
        $"{WordOf(finding.Verdict),-6}{finding.Subject,-11}{finding.Text}{(finding.Advice.Length > 0 ? $"{Environment.NewLine}      → {finding.Advice}" : "")}";

    private static string WordOf(Verdict verdict) => verdict switch
    {
        Verdict.Good => "ok",
        Verdict.Doubtful => "warn",
        _ => "bad",
    };
}
