using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using Google.Protobuf.Collections;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Sidecar.Client;

/// <summary>Arguments and options that several commands have.</summary>
internal static class Inputs
{
    public static Argument<string> Session() => new("SESSION") { Description = "the session's id" };

    public static Argument<string> Name() => new("NAME") { Description = "the variable's name or id" };

    public static Argument<string> Value() => new("VALUE")
    {
        Description = "the value as JSON; for string, choice and module a bare text will do",
    };

    public static Option<string[]> Metadata() => new("--metadata")
    {
        Description = "metadata merged into the variable's, as changed_by=ada; repeatable",
        HelpName = "KEY=VALUE",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>Reads a number as a person would: the usual parser's error names a type of the program.</summary>
    public static T WholeNumber<T>(ArgumentResult given)
        where T : IBinaryInteger<T>, IMinMaxValue<T>
    {
        var text = given.Tokens[^1].Value;
        if (!T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            var name = given.Parent is OptionResult option ? option.Option.Name : given.Argument.Name;
            given.AddError($"{name}: '{text}' is not a whole number, at most {T.MaxValue}");
            return T.Zero;
        }

        return number;
    }

    /// <exception cref="MistakeException">One has no key.</exception>
    public static void AddMetadata(this MapField<string, string> metadata, string[]? entries)
    {
        foreach (var entry in entries ?? [])
        {
            var end = entry.IndexOf('=', StringComparison.Ordinal);
            metadata[end > 0 ? entry[..end] : throw new MistakeException($"--metadata: '{entry}' is not KEY=VALUE")] = entry[(end + 1)..];
        }
    }
}
