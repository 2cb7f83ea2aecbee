using Snakepit.Storage;
using Snakepit.Transport;

namespace Snakepit.Serving.CommandLine;

/// <summary>What keeps a server from starting, told to whoever typed the command.</summary>
public static class Starting
{
    /// <summary>The server that starts.</summary>
    /// <exception cref="MistakeException">It cannot listen where it should, its store or its certificate cannot be used.</exception>
    public static async Task<T> OrMistakeAsync<T>(this Task<T> starting)
    {
        try
        {
            return await starting;
        }
        catch (Exception failure) when (failure is EndpointUnavailableException or StoreException or TlsFileException)
        {
            throw new MistakeException(failure.Message);
        }
    }
}
