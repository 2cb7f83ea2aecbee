namespace Snakepit.Sessions.Values.Patterns;

/// <summary>One step of a compiled pattern.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Next">The step after it.</param>
/// <param name="Other">The other step after a fork.</param>
/// <param name="Set">What a character must be.</param>
/// <param name="Anchor">What the place must be.</param>
internal readonly record struct Instruction(InstructionKind Kind, int Next = 0, int Other = 0, RuneSet? Set = null, Anchor Anchor = default);

internal enum InstructionKind : byte
{
    Found,
    Consume,
    Fork,
    Assert,
}
