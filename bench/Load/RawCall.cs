using System.Buffers.Binary;

namespace Snakepit.Bench;

/// <summary>What becomes of one call's answer. It is called by one thread at a time.</summary>
internal abstract class RawCall
{
    private const int PrefixBytes = 5;

    private readonly byte[] _prefix = new byte[PrefixBytes];
    private int _prefixBytes;
    private int _missing;

    /// <summary>Takes the next bytes of the answer's body.</summary>
    public void Take(ReadOnlySpan<byte> data, bool isLast)
    {
        while (data.Length > 0)
        {
            if (_prefixBytes < PrefixBytes)
            {
                var take = Math.Min(data.Length, PrefixBytes - _prefixBytes);
                data[..take].CopyTo(_prefix.AsSpan(_prefixBytes));
                _prefixBytes += take;
                data = data[take..];
                if (_prefixBytes < PrefixBytes)
                {
                    break;
                }

                _missing = BinaryPrimitives.ReadInt32BigEndian(_prefix.AsSpan(1));
            }

            var some = data[..Math.Min(data.Length, _missing)];
            data = data[some.Length..];
            _missing -= some.Length;
            Part(some);
            if (_missing == 0)
            {
                _prefixBytes = 0;
                Arrived();
            }
        }

        if (isLast)
        {
            Ended();
        }
    }

    /// <summary>Some bytes of a message.</summary>
    protected virtual void Part(ReadOnlySpan<byte> bytes)
    {
    }

    /// <summary>A message is there whole.</summary>
    protected abstract void Arrived();

    /// <summary>Nothing more comes.</summary>
    protected abstract void Ended();
}
