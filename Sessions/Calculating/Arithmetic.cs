namespace Snakepit.Sessions.Calculating;

/// <summary>What can be done to a calculation's value.</summary>
public enum Arithmetic
{
    Add,
    Subtract,
    Multiply,

    /// <summary>Refused where the divisor is 0 or −0; every other result, the infinities and NaN among them, is a value.</summary>
    Divide,
}

/// <summary>The rules of calculations, wherever they are kept.</summary>
public static class Calculation
{
    /// <summary>Why an operation cannot be carried out; null where it can.</summary>
    public static Refusal? Check(Arithmetic operation, double operand) =>
        operation == Arithmetic.Divide && operand == 0 ? Refusal.Invalid("Division by zero") : null;

    public static double Compute(double value, Arithmetic operation, double operand) => operation switch
    {
        Arithmetic.Add => value + operand,
        Arithmetic.Subtract => value - operand,
        Arithmetic.Multiply => value * operand,
        Arithmetic.Divide => value / operand,
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "No such operation."),
    };

    /// <summary>Whether a text can be a token. Others are kept from stores, logs and messages: a caller may send megabytes.</summary>
    public static bool IsToken(string token) => Guid.TryParseExact(token, "D", out _);

    public static string NewToken() => Guid.NewGuid().ToString("D");

    /// <summary>What a store, or a cluster, knows the calculation of a tenant's token by: of the tenant without a name, the token.</summary>
    public static string KeyOf(string tenant, string token) => tenant.Length == 0 ? token : $"{Uri.EscapeDataString(tenant)}/{token}";

    /// <summary>The token in such a key.</summary>
    public static string TokenOf(string key) => key[(key.LastIndexOf('/') + 1)..];

    public static Refusal NotFound(string token) => Refusal.NotFound(
        $"Calculation not found: {(token.Length <= 64 ? token : $"a token of {token.Length} characters")}");

    public static Refusal TooMany(int limit) => Refusal.Exhausted($"The limit of {limit} open calculations is reached");
}
