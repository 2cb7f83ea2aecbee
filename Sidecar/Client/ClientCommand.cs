using System.CommandLine;
using Snakepit.Protocol.Rpc;
using Snakepit.Serving.CommandLine;
using Snakepit.Serving.Settings;

namespace Snakepit.Sidecar.Client;

/// <summary>A command that calls a server.</summary>
internal abstract class ClientCommand : DocumentedCommand
{
    private readonly SettingOptions _settings = new(ClientSettings.All);
    private readonly Option<bool> _json = new("--json") { Description = "print JSON, one object a line" };

    protected ClientCommand(string name, string description, params string[] examples)
        : base(name, description, examples)
    {
        SetAction(CallServerAsync);
    }

    /// <summary>Adds the command's own arguments and options, and those that all have behind them.</summary>
    protected void Takes(IReadOnlyList<Argument> arguments, params Option[] options)
    {
        foreach (var argument in arguments)
        {
            Arguments.Add(argument);
        }

        foreach (var option in options)
        {
            Options.Add(option);
        }

        Options.Add(_json);
        _settings.AddTo(this);
    }

    protected abstract Task RunAsync(ParseResult parsed, ServerConnection server, Output output, CancellationToken cancellation);

    private async Task<int> CallServerAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var values = SettingValues.Read(
            ClientSettings.All, setting => _settings.TextOf(setting, parsed), Environment.GetEnvironmentVariable);
        var address = values.Of(ClientSettings.Server);
        using var server = new ServerConnection(
            address, values.Of(ClientSettings.Timeout), ClientSecurity.OptionsFrom(values, address));
        try
        {
            await RunAsync(parsed, server, new Output(parsed.InvocationConfiguration.Output, parsed.GetValue(_json)), cancellation);
            return (int)ExitCode.Done;
        }
        catch (RpcException failure)
        {
            throw failure.ToMistake();
        }
    }
}
