namespace Snakepit.Sessions.Values.Patterns;

/// <summary>Lays a pattern out as steps, from its end to its beginning: each part is told what follows it.</summary>
internal sealed class PatternCompiler
{
    private const int MaxWork = 10_000;

    private readonly List<Instruction> _steps = [new(InstructionKind.Found)];
    private int _work;

    /// <returns>The steps, of which number 0 is the match, and the first.</returns>
    /// <exception cref="PatternException">It is too large.</exception>
    public static (Instruction[] Steps, int First) Compile(Node pattern)
    {
        var compiler = new PatternCompiler();
        var first = compiler.Lay(pattern, 0);
        return ([.. compiler._steps], first);
    }

    private int Lay(Node node, int next)
    {
        // Counts parts, not steps: a repeat of nothing lays no step and must be bounded too.
        if (++_work > MaxWork)
        {
            throw new PatternException("it is too large: its repeats multiply");
        }

        switch (node)
        {
            case Node.One one:
                return Add(new Instruction(InstructionKind.Consume, next, Set: one.Set));
            case Node.At at:
                return Add(new Instruction(InstructionKind.Assert, next, Anchor: at.Anchor));
            case Node.Sequence sequence:
                for (var part = sequence.Parts.Count - 1; part >= 0; part--)
                {
                    next = Lay(sequence.Parts[part], next);
                }

                return next;
            case Node.Choice choice:
                var last = Lay(choice.Parts[^1], next);
                for (var part = choice.Parts.Count - 2; part >= 0; part--)
                {
                    last = Add(new Instruction(InstructionKind.Fork, Lay(choice.Parts[part], next), last));
                }

                return last;
            default:
                return LayRepeat((Node.Repeat)node, next);
        }
    }

    private int LayRepeat(Node.Repeat repeat, int next)
    {
        var first = next;
        if (repeat.Max is { } max)
        {
            for (var optional = repeat.Min; optional < max; optional++)
            {
                first = Add(new Instruction(InstructionKind.Fork, Lay(repeat.Part, first), next));
            }
        }
        else
        {
            first = Add(new Instruction(InstructionKind.Fork, Other: next));
            _steps[first] = _steps[first] with { Next = Lay(repeat.Part, first) };
        }

        for (var required = 0; required < repeat.Min; required++)
        {
            first = Lay(repeat.Part, first);
        }

        return first;
    }

    private int Add(Instruction step)
    {
        _steps.Add(step);
        return _steps.Count - 1;
    }
}
