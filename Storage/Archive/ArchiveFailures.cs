using System.Runtime.CompilerServices;

namespace Snakepit.Storage.Archive;

/// <summary>Failures of databases in the midst of what they hand out.</summary>
internal static class ArchiveFailures
{
    /// <summary>The same items; a failure on the way to the next is the store's.</summary>
    public static async IAsyncEnumerable<T> FailingAs<T>(
        this IAsyncEnumerable<T> items, Func<Exception, StoreException> failure, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var all = items.GetAsyncEnumerator(cancellation);
        while (true)
        {
            try
            {
                if (!await all.MoveNextAsync().ConfigureAwait(false))
                {
                    yield break;
                }
            }
            catch (Exception error) when (error is not (OperationCanceledException or StoreException))
            {
                throw failure(error);
            }

            yield return all.Current;
        }
    }
}
