namespace Snakepit.Tests.Robustness.Fuzz;

/// <summary>Damage to bytes that were a message.</summary>
internal static class Mutation
{
    private const int Longest = 200_000;

    /// <summary>Some changes of single bits, bytes and spans, up to a handful.</summary>
    public static byte[] Of(byte[] bytes, Random random)
    {
        var changed = bytes.ToList();
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            Change(changed, random);
        }

        return [.. changed];
    }

    private static void Change(List<byte> bytes, Random random)
    {
        var at = random.Next(bytes.Count + 1);
        var length = Math.Min(random.Next(1, 32), bytes.Count - at);
        switch (random.Next(7))
        {
            case 0 when length > 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when length > 0:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                bytes.Insert(at, (byte)random.Next(256));
                break;
            case 3 when length > 0:
                bytes.RemoveRange(at, length);
                break;
            case 4 when length > 0 && bytes.Count < Longest:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 5:
                // A length or number that is too large for whatever follows.
                bytes.InsertRange(at, [0xFF, 0xFF, 0xFF, 0xFF, 0x07]);
                break;
            default:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
        }
    }
}
