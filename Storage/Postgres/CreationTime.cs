namespace Snakepit.Storage.Postgres;

/// <summary>
/// When a session was made, exactly as its header says it: in units of 100 ns since 1970-01-01 UTC, finer
/// than other times, because it is compared.
/// </summary>
internal static class CreationTime
{
    public static long Write(DateTimeOffset time) => time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;

    public static DateTimeOffset Read(long time) => DateTimeOffset.UnixEpoch.AddTicks(time);
}
