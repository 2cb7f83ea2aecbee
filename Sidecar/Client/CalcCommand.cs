using System.CommandLine;
using System.Globalization;
using Google.Protobuf;
using Snakepit.Bridge.Calculator;
using Snakepit.Protocol.Calculating;
using Snakepit.Protocol.Rpc;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Sidecar.Client;

/// <summary>`snakepit calc`: an expression worked out by the server's calculator, from left to right.</summary>
internal sealed class CalcCommand : ClientCommand
{
    private static readonly string Calculator = CalculatorService.Contract.Name;

    private readonly Argument<string[]> _expression = new("EXPR")
    {
        Description = "numbers with + - x * / between them, worked out from left to right",
        Arity = ArgumentArity.OneOrMore,
    };

    public CalcCommand()
        : base("calc", "Calculate on the server.", "snakepit calc 0 + 5 - 3 x 10 / 2", "snakepit calc '2 * 21'")
    {
        Takes([_expression]);
    }

    protected override async Task RunAsync(
        ParseResult parsed, ServerConnection server, Output output, CancellationToken cancellation)
    {
        var calculation = Calculation.Parse(string.Join(' ', parsed.GetRequiredValue(_expression)));
        var result = await CalculateAsync(calculation, server, cancellation);
        output.Write(
            result.ToString(CultureInfo.InvariantCulture),
            json =>
            {
                if (float.IsFinite(result))
                {
                    json.WriteNumber("result", result);
                }
                else
                {
                    json.WriteString("result", result.ToString(CultureInfo.InvariantCulture));
                }
            });
    }

    private static async Task<float> CalculateAsync(
        Calculation calculation, ServerConnection server, CancellationToken cancellation)
    {
        Task<T> CallAsync<T>(string method, IMessage request, MessageParser<T> parser)
            where T : class, IMessage<T> => server.CallAsync(Calculator, method, request, parser, cancellation);

        var opened = await CallAsync("Create", new Number { Value = calculation.Start }, SessionOperation.Parser);
        try
        {
            foreach (var (operation, operand) in calculation.Steps)
            {
                await CallAsync(operation, new SessionOperation { Token = opened.Token, Value = operand }, Number.Parser);
            }
        }
        catch (RpcException failure) when (!RpcFailure.IsUnreachable(failure))
        {
            // A refused step leaves the calculation open; nobody else knows its token.
            await CallAsync("Answer", new SessionOperation { Token = opened.Token }, Number.Parser);
            throw;
        }

        return (await CallAsync("Answer", new SessionOperation { Token = opened.Token }, Number.Parser)).Value;
    }
}
