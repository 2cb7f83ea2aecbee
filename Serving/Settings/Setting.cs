using System.Diagnostics.CodeAnalysis;

namespace Snakepit.Serving.Settings;

/// <summary>
/// One thing that can be set: on the command line, by an environment variable, or in a file. All of these,
/// and the help text, follow from this one definition.
/// </summary>
public abstract class Setting(string name, string description)
{
    /// <summary>How the names of all in the environment begin.</summary>
    public const string VariablePrefix = "SNAKEPIT_";

    /// <summary>Its name in a file, as `max-value-bytes`.</summary>
    public string Name { get; } = name;

    /// <summary>Its name on the command line.</summary>
    public string Option { get; } = $"--{name}";

    /// <summary>Its name in the environment.</summary>
    public string Variable { get; } = VariableOf(name);

    public string Description { get; } = description;

    /// <summary>May be given more than once; in one text, the parts stand between commas.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>May stand in a file. Not so where the setting says which file.</summary>
    public bool IsInFile { get; init; } = true;

    /// <summary>In a file its value may be an array or an object; its text is then their JSON.</summary>
    public bool IsJsonInFile { get; init; }

    /// <summary>
    /// Its value is nobody else's business: only the environment and a file can hold it, as other users see the
    /// command line of a process; and no help text, mistake or log shows it.
    /// </summary>
    public bool IsSecret { get; init; }

    /// <summary>What stands for the value in a help text; null = a switch.</summary>
    public abstract string? ValueName { get; }

    public bool IsSwitch => ValueName is null;

    /// <inheritdoc cref="SettingKind{T}.Choices"/>
    public abstract IReadOnlyList<string> Choices { get; }

    /// <summary>What holds where nobody says anything, as text; null = nothing worth telling.</summary>
    public abstract string? DefaultText { get; }

    /// <summary>The variable of the environment that stands for the setting of that name.</summary>
    public static string VariableOf(string name) => $"{VariablePrefix}{name.ToUpperInvariant().Replace('-', '_')}";

    /// <summary>What the text means; where it means nothing, what is wrong with it.</summary>
    public abstract bool TryRead(string text, [NotNullWhen(true)] out object? value, out string error);
}

/// <inheritdoc />
public sealed class Setting<T>(string name, SettingKind<T> kind, T @default, string description)
    : Setting(name, description)
    where T : notnull
{
    public T Default { get; } = @default;

    public override string? ValueName => kind.ValueName;

    public override IReadOnlyList<string> Choices => kind.Choices;

    public override string? DefaultText => IsSwitch || IsSecret || kind.Format(Default) is "" ? null : kind.Format(Default);

    public override bool TryRead(string text, [NotNullWhen(true)] out object? value, out string error)
    {
        if (kind.TryParse(text, out var read))
        {
            value = read;
            error = "";
            return true;
        }

        value = null;
        error = IsSecret ? $"the value is not {kind.Expectation}" : $"'{text}' is not {kind.Expectation}";
        return false;
    }
}
