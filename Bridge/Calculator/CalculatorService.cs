using Snakepit.Protocol.Access;
using Snakepit.Protocol.Calculating;
using Snakepit.Protocol.Rpc;
using Snakepit.Sessions;
using Snakepit.Sessions.Calculating;

namespace Snakepit.Bridge.Calculator;

/// <summary>The RPCs of the calculator. It reckons in double precision and answers in single.</summary>
public sealed class CalculatorService(ICalculations calculations)
{
    public static ServiceContract Contract { get; } = new(
        "Calculator", static () => CalculatorReflection.Descriptor.Services[0]);

    public IEnumerable<RpcMethod> Methods =>
    [
        new UnaryMethod<Number, SessionOperation>(Contract.Name, "Create", Number.Parser, CreateAsync)
        {
            Access = MethodAccess.Somewhere(Rights.Write),
        },
        Operation("Answer", (request, call) => calculations.EndAsync(call.Principal.Tenant, request.Token, call.Cancellation)),
        Operation("Add", Apply(Arithmetic.Add)),
        Operation("Subtract", Apply(Arithmetic.Subtract)),
        Operation("Multiply", Apply(Arithmetic.Multiply)),
        Operation("Divide", Apply(Arithmetic.Divide)),
    ];

    private async ValueTask<RpcResult<SessionOperation>> CreateAsync(Number request, RpcCall call)
    {
        Outcome<CalculationResult> created = await calculations.CreateAsync(call.Principal.Tenant, request.Value, call.Cancellation);
        return created.IsRefused
            ? created.Refusal.ToStatus()
            : new SessionOperation { Token = created.Value.Token, Value = (float)created.Value.Value };
    }

    private Func<SessionOperation, RpcCall, ValueTask<Outcome<CalculationResult>>> Apply(Arithmetic operation) =>
        (request, call) => calculations.ApplyAsync(call.Principal.Tenant, request.Token, operation, request.Value, call.Cancellation);

    private static UnaryMethod<SessionOperation, Number> Operation(
        string name, Func<SessionOperation, RpcCall, ValueTask<Outcome<CalculationResult>>> operate) =>
        new(Contract.Name, name, SessionOperation.Parser, async (request, call) =>
        {
            Outcome<CalculationResult> result = await operate(request, call);
            return result.IsRefused
                ? result.Refusal.ToStatus()
                : new Number { Value = (float)result.Value.Value };
        })
        {
            Access = MethodAccess.Somewhere(Rights.Write),
        };
}
