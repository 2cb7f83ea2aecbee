using System.Collections;
using Microsoft.Extensions.Logging;

namespace Snakepit.Serving.Settings;

/// <summary>
/// Variables of the environment that are no setting, and nearly one: they would be passed over in silence. Others that begin alike
/// may be another program's.
/// </summary>
public static class MistypedVariables
{
    /// <summary>As a sentence for each, which tells what may have been meant.</summary>
    /// <param name="settings">Those of the program.</param>
    /// <param name="variables">The names of all variables.</param>
    public static IEnumerable<string> In(IReadOnlyList<Setting> settings, IEnumerable<string> variables)
    {
        foreach (var variable in variables)
        {
            if (variable.StartsWith(Setting.VariablePrefix, StringComparison.Ordinal)
                && !KnownSettings.HasVariable(variable)
                && Nearest.Of(variable[Setting.VariablePrefix.Length..], settings.Select(static setting => setting.Variable[Setting.VariablePrefix.Length..])) is { } meant)
            {
                yield return $"the environment has {variable}, which is no setting; {Setting.VariablePrefix}{meant} is one";
            }
        }
    }

    /// <summary>Those of this process.</summary>
    public static IEnumerable<string> Here(IReadOnlyList<Setting> settings) =>
        In(settings, Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(static entry => (string)entry.Key));

    /// <summary>Says so in the log. Once the server serves: it takes time, and changes nothing.</summary>
    public static void Warn(IReadOnlyList<Setting> settings, ILoggerFactory loggers)
    {
        foreach (var mistyped in Here(settings))
        {
            loggers.CreateLogger(typeof(MistypedVariables).FullName!).Mistyped(mistyped);
        }
    }
}
