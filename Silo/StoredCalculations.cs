using Snakepit.Grains;
using Snakepit.Storage.Postgres;

namespace Snakepit.Silo;

/// <summary>The calculations in the database, for the sweep of unused ones.</summary>
internal sealed class StoredCalculations(PostgresCalculations calculations) : IUnusedCalculations
{
    public ValueTask<IReadOnlyList<string>> ListAsync(DateTimeOffset unusedSince, int limit, CancellationToken cancellation) =>
        calculations.ListUnusedAsync(unusedSince, limit, cancellation);
}
