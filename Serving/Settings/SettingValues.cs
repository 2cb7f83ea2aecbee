using Snakepit.Serving.CommandLine;
using Snakepit.Serving.Settings.Groups;

namespace Snakepit.Serving.Settings;

/// <summary>The settings of one run: each has the value of the strongest source that mentions it.</summary>
public sealed class SettingValues
{
    private readonly Dictionary<Setting, (object Value, SettingSource Source)> _values = [];

    private SettingValues()
    {
    }

    /// <summary>Reads those of a server: from the command line, the environment of this process, and a file.</summary>
    /// <inheritdoc cref="Read(IReadOnlyList{Setting}, Func{Setting, string?}, Func{string, string?})"/>
    public static SettingValues ReadWithFile(IReadOnlyList<Setting> all, Func<Setting, string?> commandLine) =>
        ReadWithFile(all, commandLine, Environment.GetEnvironmentVariable, ConfigFile.CommonName);

    /// <summary>Reads all of them, from the command line and the environment.</summary>
    /// <param name="all">What can be set.</param>
    /// <param name="commandLine">The text the command line has for a setting; null where it has none.</param>
    /// <param name="environment">The value of an environment variable; null where there is none.</param>
    /// <exception cref="MistakeException">The message names the first one that is wrong, and where it stands.</exception>
    public static SettingValues Read(
        IReadOnlyList<Setting> all, Func<Setting, string?> commandLine, Func<string, string?> environment)
    {
        var values = new SettingValues();
        foreach (var setting in all)
        {
            var typed = commandLine(setting);
            if (typed is not null && setting.IsSecret)
            {
                throw new MistakeException(
                    $"{setting.Option}: a secret cannot stand on the command line, where other users see it; "
                    + $"set the variable {setting.Variable}");
            }

            values.Read(setting, setting.Option, typed, SettingSource.CommandLine);

            // An empty variable is how a script says that it has nothing to say.
            var variable = environment(setting.Variable) is { Length: > 0 } text ? text : null;
            values.Read(setting, setting.Variable, variable, SettingSource.Environment);
        }

        return values;
    }

    /// <param name="all">What can be set; <see cref="ConfigGroup.Config"/> names the file.</param>
    /// <param name="commandLine">As above.</param>
    /// <param name="environment">As above.</param>
    /// <param name="commonFile">The file that is read if no other is named, where it exists.</param>
    internal static SettingValues ReadWithFile(
        IReadOnlyList<Setting> all,
        Func<Setting, string?> commandLine,
        Func<string, string?> environment,
        string commonFile)
    {
        var values = Read(all, commandLine, environment);
        var named = values.Of(ConfigGroup.Config);
        var file = named.Length > 0 ? named : commonFile;
        foreach (var (setting, text) in named.Length > 0 ? ConfigFile.Read(file, all) : ConfigFile.ReadCommon(file, all))
        {
            values.Read(setting, $"{setting.Name} in {file}", text, SettingSource.File);
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
