namespace Snakepit.Storage.Archive;

/// <summary>What an import did.</summary>
/// <param name="Sessions">Stored.</param>
/// <param name="Changes">Of these sessions' logs.</param>
/// <param name="Bytes">Of the file.</param>
/// <param name="Present">Sessions that were there already, the same.</param>
/// <param name="Skipped">Sessions that were left out, because another state of them was there.</param>
/// <param name="Calculations">Stored.</param>
/// <param name="CalculationsLeft">Calculations that this store does not keep, or has already.</param>
public sealed record ImportResult(
    long Sessions, long Changes, long Bytes, long Present, long Skipped, long Calculations, long CalculationsLeft);
