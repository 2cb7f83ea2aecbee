using System.Globalization;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Sidecar.Client;

/// <summary>An expression as the calculator works it out: a number, then one operation after the other.</summary>
/// <param name="Start">The first number.</param>
/// <param name="Steps">Each operation, by its name in the calculator's service, and its operand.</param>
internal sealed record Calculation(float Start, IReadOnlyList<(string Operation, float Operand)> Steps)
{
    /// <exception cref="MistakeException">It does not go number, operator, number, ….</exception>
    public static Calculation Parse(string expression)
    {
        var words = expression.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words is [])
        {
            throw new MistakeException("EXPR: there is nothing to calculate");
        }

        var start = Number(words[0]);
        var steps = new List<(string, float)>();
        for (var word = 1; word < words.Length; word += 2)
        {
            var operation = Operation(words[word]);
            steps.Add((operation, word + 1 < words.Length
                ? Number(words[word + 1])
                : throw new MistakeException($"EXPR: there must be a number behind '{words[word]}'")));
        }

        return new Calculation(start, steps);
    }

    private static float Number(string word) =>
        float.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new MistakeException($"EXPR: '{word}' is not a number; put spaces around operators");

    private static string Operation(string word) => word switch
    {
        "+" => "Add",
        "-" or "−" => "Subtract",
        "x" or "*" or "×" => "Multiply",
        "/" or "÷" or ":" => "Divide",
        _ => throw new MistakeException($"EXPR: '{word}' is not one of + - x * /"),
    };
}
