using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Snakepit.Bridge.Access;
using Snakepit.Protocol.Access;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;
using Snakepit.Protocol.Storing;
using Snakepit.Protocol.Tools;
using Snakepit.Sessions;
using Snakepit.Sessions.Commands;
using Snakepit.Storage;

namespace Snakepit.Bridge.Tools.Attached;

/// <summary>
/// What one attached host offers and takes back, carried out in order beside its calls: a session's store may take
/// its time. One answer at a time waits to be sent, so a host that does not read cannot fill the memory.
/// </summary>
internal sealed class HostOffers(ISessions sessions, AttachedHost host, IToolHosts hosts, SessionLimits limits, ILogger logger)
{
    /// <summary>Offers that wait; then the host itself does.</summary>
    private const int Room = 64;

    private bool _isKnown;

    private readonly Channel<HostMessage> _waiting = Channel.CreateBounded<HostMessage>(Room);

    /// <summary>Waits while there are too many.</summary>
    public ValueTask AddAsync(HostMessage message, CancellationToken cancellation) =>
        _waiting.Writer.WriteAsync(message, cancellation);

    public async Task RunAsync(CancellationToken cancellation)
    {
        await foreach (var message in _waiting.Reader.ReadAllAsync(cancellation))
        {
            if (message.Withdrawal is { } withdrawal)
            {
                await WithdrawAsync(withdrawal, cancellation);
            }
            else
            {
                var answer = await OfferAsync(message.Offer, cancellation);
                answer.OfferId = message.Offer.OfferId;
                await host.Outbox.Add(new ServerMessage { OfferAnswer = answer }).Sent.WaitAsync(cancellation);
            }
        }
    }

    private async Task<OfferAnswer> OfferAsync(Offer offer, CancellationToken cancellation)
    {
        var request = new OfferTools { SessionId = offer.SessionId, Tools = { offer.Tools }, Host = host.Identity };
        var outcome = await CallAsync(offer.SessionId, request, cancellation);
        if (outcome.IsRefused)
        {
            var refusal = outcome.Refusal;
            var error = refusal.Kind == RefusalKind.NotFound ? refusal.Message : $"{refusal.ToStatus().Code.Name()}: {refusal.Message}";
            return new OfferAnswer { ErrorMessage = error };
        }

        // Who is told that a tool is there may call it anywhere at once.
        if (!_isKnown)
        {
            await hosts.LookAgainAsync(cancellation);
            _isKnown = true;
        }

        var registered = (RegisterToolsResponse)outcome.Value;
        return new OfferAnswer
        {
            Success = registered.Success,
            ErrorMessage = registered.ErrorMessage,
            ToolIds = { registered.ToolIds },
        };
    }

    // It has no answer: what it names may be gone already.
    private async Task WithdrawAsync(Withdrawal withdrawal, CancellationToken cancellation)
    {
        var request = new WithdrawTools
        {
            SessionId = withdrawal.SessionId,
            HostId = host.Identity.Id,
            ToolNames = { withdrawal.ToolNames },
        };
        var outcome = await CallAsync(withdrawal.SessionId, request, cancellation);
        if (outcome.IsRefused)
        {
            logger.WithdrawalRefused(host.Identity.Id, withdrawal.SessionId, outcome.Refusal.Message);
        }
    }

    // A session that cannot be reached is no reason to lose the host.
    private async Task<Outcome<Google.Protobuf.IMessage>> CallAsync(
        string sessionId, Google.Protobuf.IMessage request, CancellationToken cancellation)
    {
        if (Names.Check(sessionId, "session_id", limits) is { } badId)
        {
            return badId;
        }

        if (!host.MayServe(sessionId))
        {
            return Refusal.Denied(CallGuard.Lacks(host.Owner, Rights.ServeTools, sessionId));
        }

        try
        {
            return await sessions.CallForAsync(host.Owner, sessionId, request, cancellation);
        }
        catch (StoreException failure)
        {
            logger.StoreFailed(sessionId, failure.Message);
            return Refusal.Unavailable(failure.ForCaller);
        }
    }
}
