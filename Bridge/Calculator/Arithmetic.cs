namespace Snakepit.Bridge.Calculator;

/// <summary>What can be done to a calculation's value.</summary>
public enum Arithmetic
{
    Add,
    Subtract,
    Multiply,

    /// <summary>Refused where the divisor is 0 or −0; every other result, the infinities and NaN among them, is a value.</summary>
    Divide,
}
