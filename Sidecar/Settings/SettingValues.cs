using Snakepit.Sidecar.CommandLine;

namespace Snakepit.Sidecar.Settings;

/// <summary>The settings of one run: each has the value of the strongest source that mentions it.</summary>
internal sealed class SettingValues
{
    private readonly Dictionary<Setting, (object Value, SettingSource Source)> _values = [];

    private SettingValues()
    {
    }

    /// <summary>Reads all of them, from all sources.</summary>
    /// <param name="all">What can be set.</param>
    /// <param name="file">The setting that names the file; null = there is none.</param>
    /// <param name="commandLine">The text the command line has for a setting; null where it has none.</param>
    /// <param name="environment">The value of an environment variable; null where there is none.</param>
    /// <exception cref="MistakeException">The message names the first one that is wrong, and where it stands.</exception>
    public static SettingValues Read(
        IReadOnlyList<Setting> all,
        Setting<string>? file,
        Func<Setting, string?> commandLine,
        Func<string, string?> environment)
    {
        var values = new SettingValues();
        foreach (var setting in all)
        {
            values.Read(setting, setting.Option, commandLine(setting), SettingSource.CommandLine);

            // An empty variable is how a script says that it has nothing to say.
            var variable = environment(setting.Variable) is { Length: > 0 } text ? text : null;
            values.Read(setting, setting.Variable, variable, SettingSource.Environment);
        }

        if (file is not null && values.Of(file).Length > 0)
        {
            foreach (var (setting, text) in ConfigFile.Read(values.Of(file), all))
            {
                values.Read(setting, $"{setting.Name} in {values.Of(file)}", text, SettingSource.File);
            }
        }

        return values;
    }

    public T Of<T>(Setting<T> setting)
        where T : notnull => _values.TryGetValue(setting, out var found) ? (T)found.Value : setting.Default;

    public SettingSource SourceOf(Setting setting) =>
        _values.TryGetValue(setting, out var found) ? found.Source : SettingSource.Default;

    /// <summary>Sources come strongest first: what is known stays. A wrong text is an error even where it would not count.</summary>
    private void Read(Setting setting, string place, string? text, SettingSource source)
    {
        if (text is null)
        {
            return;
        }

        if (!setting.TryRead(text, out var value, out var error))
        {
            throw new MistakeException($"{place}: {error}");
        }

        _values.TryAdd(setting, (value, source));
    }
}
