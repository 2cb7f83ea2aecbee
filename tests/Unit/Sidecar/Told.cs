using Snakepit.Sidecar.CommandLine;
using Snakepit.Sidecar.Settings;

namespace Snakepit.Tests.Sidecar;

/// <summary>What a server is told, by each source, without a process around it.</summary>
internal sealed class Told
{
    private readonly Dictionary<string, string> _commandLine = [];
    private readonly Dictionary<string, string> _environment = [];

    /// <summary>As `--option text` would.</summary>
    public Told By(Setting option, string text)
    {
        _commandLine.Add(option.Name, text);
        return this;
    }

    /// <summary>As `SNAKEPIT_…=text` would.</summary>
    public Told ByVariable(Setting setting, string text)
    {
        _environment.Add(setting.Variable, text);
        return this;
    }

    public Told ByFile(string path) => By(ServeSettings.Config, path);

    public SettingValues Read() => SettingValues.Read(
        ServeSettings.All,
        ServeSettings.Config,
        setting => _commandLine.GetValueOrDefault(setting.Name),
        _environment.GetValueOrDefault);

    /// <summary>The one line that says what is wrong.</summary>
    public string Mistake() => Assert.Throws<MistakeException>(Read).Message;
}
