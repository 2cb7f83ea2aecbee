using Snakepit.Serving.Settings;

namespace Snakepit.Serving.CommandLine;

/// <summary>
/// The arguments nearly every server is started with: `--name VALUE` and `--switch`, each at most once. Read
/// without System.CommandLine, whose own start costs a third of the server's. Whatever is not as plain as
/// that (help, mistakes, other spellings) is left to it.
/// </summary>
internal static class PlainArguments
{
    /// <summary>The text each setting is given, or null where the arguments are not plain.</summary>
    public static Dictionary<Setting, string>? Read(IReadOnlyList<Setting> settings, IReadOnlyList<string> arguments)
    {
        var texts = new Dictionary<Setting, string>();
        for (var next = 0; next < arguments.Count; next++)
        {
            if (Find(settings, arguments[next]) is not { } setting)
            {
                return null;
            }

            var text = "true";
            if (!setting.IsSwitch)
            {
                next++;
                if (next == arguments.Count || arguments[next] is [] or ['-', ..])
                {
                    return null;
                }

                text = arguments[next];
            }

            if (!texts.TryAdd(setting, text))
            {
                return null;
            }
        }

        return texts;
    }

    private static Setting? Find(IReadOnlyList<Setting> settings, string option)
    {
        foreach (var setting in settings)
        {
            if (setting.Option == option && !setting.IsSecret)
            {
                return setting;
            }
        }

        return null;
    }
}
