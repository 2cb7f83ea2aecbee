using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Snakepit.Bridge.Access;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Storage;

namespace Snakepit.Bridge.Tools.Calls;

/// <summary>
/// Lets a session know of the calls in whose course a worker may register tools under a name of its own choice: it
/// does so with the first call of each session that it gets, and again after a restart.
/// </summary>
internal sealed class OfferExpectation(ISessions sessions, TimeProvider time, ILogger logger)
{
    /// <summary>Begins one; null where the host never does such a thing. It must be ended.</summary>
    public async ValueTask<string?> BeginAsync(ToolCall call, IToolHost host, CancellationToken cancellation)
    {
        if (!host.TakesUnregistered)
        {
            return null;
        }

        var expected = Of(call, Guid.NewGuid().ToString("N"));
        expected.Host = host.Identity;
        expected.Until = UnixTime.ToMicroseconds(time.GetUtcNow() + call.TimeLeft);
        await TellAsync(call, expected, cancellation);
        return expected.CallId;
    }

    /// <summary>The call has ended, however it did.</summary>
    public async ValueTask EndAsync(ToolCall call, string? callId)
    {
        if (callId is not null)
        {
            await TellAsync(call, Of(call, callId), CancellationToken.None);
        }
    }

    /// <summary>
    /// A host ran a tool which its session did not know. Where the session knows it by now from others only, this one
    /// has it too.
    /// </summary>
    public async ValueTask NoteSuccessAsync(ToolCall call, IToolHost host, CancellationToken cancellation)
    {
        var find = new FindTool { SessionId = call.Request.SessionId, ToolName = call.Request.ToolName };
        if (await TellAsync(call, find, cancellation) is FoundTool { Tool: { } tool }
            && !tool.Hosts.Any(known => known.Id == host.Identity.Id))
        {
            var offer = new OfferTools { SessionId = call.Request.SessionId, Host = host.Identity, Tools = { tool.Spec } };
            await TellAsync(call, offer, cancellation, isOurs: true);
        }
    }

    private static ExpectOffer Of(ToolCall call, string callId) =>
        new() { SessionId = call.Request.SessionId, CallId = callId, ToolName = call.Request.ToolName };

    // Never the reason why a call fails.
    private async ValueTask<IMessage?> TellAsync(ToolCall call, IMessage request, CancellationToken cancellation, bool isOurs = false)
    {
        try
        {
            // The caller offers nothing, whatever its call shows.
            var sessionId = call.Request.SessionId;
            var requester = isOurs ? Requester.Unrestricted : call.Principal.RequesterOn(sessionId);
            var outcome = await sessions.CallAsync(call.Principal.KeyOf(sessionId), request, requester, cancellation);
            if (outcome.IsRefused && outcome.Refusal.Kind != RefusalKind.NotFound)
            {
                logger.ExpectationFailed(call.Request.SessionId, call.Request.ToolName, outcome.Refusal.Message);
            }

            return outcome.Value;
        }
        catch (Exception failure) when (failure is StoreException or OperationCanceledException)
        {
            logger.ExpectationFailed(call.Request.SessionId, call.Request.ToolName, failure.Message);
            return null;
        }
    }
}
