using Google.Protobuf;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions;
using Snakepit.Sessions.Commands;

namespace Snakepit.Storage.Hosting;

/// <summary>Whose tools are offered.</summary>
public sealed partial class SessionHost
{
    // Of the few sessions that had a call.
    private ExpectedOffers? _expected;

    // Found out when the offer comes, not when its turn has come: by then the call that it is part of may have ended.
    private ValueTask<Outcome<IMessage>> OfferAsync(OfferTools offer, Requester requester)
    {
        SessionCommand command;
        lock (_gate)
        {
            command = new SessionCommand(offer, Hosts: ExpectedOffers.HostsOf(_expected, offer, _context.Time.GetUtcNow())) { Requester = requester };
        }

        return ExecuteAsync(command);
    }

    private Outcome<IMessage> Expect(ExpectOffer call)
    {
        var limits = _context.Settings.Limits;
        var refusal = Names.Check(call.CallId, "call_id", limits)
            ?? Names.CheckLength(call.ToolName, "tool_name", limits)
            ?? (call.Host is null ? null : Names.Check(call.Host.Id, "host.id", limits));
        if (refusal is not null)
        {
            return refusal;
        }

        lock (_gate)
        {
            if (_closed)
            {
                return Moved;
            }

            if (_state is null)
            {
                return NotFound();
            }

            (_expected ??= new()).Note(call, _context.Time.GetUtcNow());
            return new OfferExpected();
        }
    }
}
