using Snakepit.Serving.CommandLine;
using Snakepit.Serving.Settings;
using Snakepit.Serving.Settings.Groups;
using Snakepit.Sidecar.Settings;

namespace Snakepit.Tests.Serving;

/// <summary>What a server is told, by each source, without a process around it.</summary>
internal sealed class Told(IReadOnlyList<Setting> settings)
{
    private readonly Dictionary<string, string> _commandLine = [];
    private readonly Dictionary<string, string> _environment = [];
    private string _commonFile = "";

    /// <summary>A sidecar.</summary>
    public Told()
        : this(ServeSettings.All)
    {
    }

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

    public Told ByFile(string path) => By(ConfigGroup.Config, path);

    /// <summary>As an `appsettings.json` in the working directory would.</summary>
    public Told ByCommonFile(string path)
    {
        _commonFile = path;
        return this;
    }

    public SettingValues Read() => SettingValues.ReadWithFile(
        settings,
        setting => _commandLine.GetValueOrDefault(setting.Name),
        _environment.GetValueOrDefault,
        _commonFile);

    /// <summary>The one line that says what is wrong.</summary>
    public string Mistake() => Assert.Throws<MistakeException>(Read).Message;
}
