using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Serving.Access;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Serving.Doctor;

/// <summary>Who may call, if a file says so.</summary>
public static class AccessChecks
{
    /// <summary>Null = there is no file.</summary>
    public static async Task<Finding?> RunAsync(AccessSettings settings, TimeProvider time)
    {
        const string Subject = "access";
        try
        {
            await using var access = ServerAccess.Open(settings, time, NullLoggerFactory.Instance);
            return access is null ? null : Finding.Good(Subject, $"{settings.File} is understood");
        }
        catch (MistakeException wrong)
        {
            return Finding.Bad(Subject, wrong.Message, "a server would not start with it; one that runs keeps what it read before");
        }
    }
}
