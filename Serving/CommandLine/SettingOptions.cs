using System.CommandLine;
using Snakepit.Serving.Settings;

namespace Snakepit.Serving.CommandLine;

/// <summary>
/// Settings as options of a command. All have texts as their values: what a text means, and whether it means
/// anything, the setting itself says, the same for every source. Secrets are no options.
/// </summary>
public sealed class SettingOptions(IReadOnlyList<Setting> settings)
{
    private readonly Dictionary<Setting, Option> _options = settings.ToDictionary(setting => setting, Option);

    public void AddTo(Command command)
    {
        foreach (var setting in settings)
        {
            command.Options.Add(_options[setting]);
        }
    }

    /// <summary>What the command line says; null where it says nothing.</summary>
    public string? TextOf(Setting setting, ParseResult parsed) => parsed.GetResult(_options[setting]) is { Implicit: false } given
        ? given.Tokens is [] ? "true" : string.Join(',', given.Tokens.Select(token => token.Value))
        : null;

    private static Option Option(Setting setting)
    {
        if (setting.IsSecret)
        {
            // Not offered, only understood: whatever follows it, the answer is where a secret belongs.
            return new Option<string[]>(setting.Option)
            {
                Hidden = true,
                Arity = ArgumentArity.ZeroOrMore,
                AllowMultipleArgumentsPerToken = true,
            };
        }

        Option option = setting.IsRepeatable ? new Option<string[]>(setting.Option) : new Option<string>(setting.Option);
        option.CompletionSources.Add([.. setting.Choices]);
        option.Description = Describe(setting);
        option.HelpName = setting.ValueName;
        option.Arity = setting.IsSwitch ? ArgumentArity.Zero : setting.IsRepeatable ? ArgumentArity.OneOrMore : ArgumentArity.ExactlyOne;
        return option;
    }

    private static string Describe(Setting setting) =>
        $"{setting.Description} [{setting.Variable}{(setting.DefaultText is { } text ? $", default {text}" : "")}]";
}
