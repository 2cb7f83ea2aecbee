using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;

namespace Snakepit.Sessions.Commands;

/// <summary>Runs a command on a draft: a reply or a refusal. A refused command leaves the draft as it was.</summary>
public static class SessionCommands
{
    /// <summary>A remembered reply larger than this is remembered without its value.</summary>
    private const int LargeReplyBytes = VariableState.LargeValueBytes;

    private static readonly TypeRegistry Replies = TypeRegistry.FromFiles(
        SnakepitBridgeReflection.Descriptor, SnakepitStorageReflection.Descriptor);

    /// <summary>Whether a request may change the session, and so must go through its single writer.</summary>
    public static bool IsCommand(IMessage request) => request is
        SetVariableRequest or BatchSetVariablesRequest or RegisterVariableRequest or DeleteVariableRequest or
        InitializeSessionRequest or RollbackVariableRequest or AddDependencyRequest or
        StartOptimizationRequest or StopOptimizationRequest or UpdateVariableRequest or OfferTools or WithdrawTools;

    /// <summary>Whether a request may be asked again, by whoever does not know what became of it.</summary>
    public static bool MayRepeat(IMessage request) =>
        RequestFingerprint.RequestId(request).Length > 0 || request is OfferTools or WithdrawTools;

    /// <summary>Whether a request makes the session if there is none.</summary>
    public static bool CreatesSession(IMessage request) => request is InitializeSessionRequest or RegisterVariableRequest;

    /// <param name="draft">What the commands before it would make of the session.</param>
    /// <param name="command">The command.</param>
    /// <param name="sessionId">For the words of a refusal.</param>
    public static Outcome<IMessage> Execute(SessionDraft draft, SessionCommand command, string sessionId)
    {
        draft.RunFor(command.Requester);
        if (!draft.SessionExists && !CreatesSession(command.Request))
        {
            return command.Request is OfferTools ? ToolOffer.NoSession(sessionId) : Refusal.SessionNotFound(sessionId);
        }

        var requestId = RequestFingerprint.RequestId(command.Request);
        return requestId.Length == 0 ? Apply(draft, command) : ExecuteOnce(draft, command, requestId);
    }

    private static Outcome<IMessage> ExecuteOnce(SessionDraft draft, SessionCommand command, string requestId)
    {
        var isMinted = MintedRequestId.TryParse(requestId, out var minted);
        if (!isMinted && Names.CheckLength(requestId, "request_id", draft.Limits) is { } tooLong)
        {
            return tooLong;
        }

        // A gateway does not use an id of its own for two requests.
        var fingerprint = isMinted ? ByteString.Empty : RequestFingerprint.Of(command.Request, command.Requester.Name);
        if (draft.FindRequest(requestId) is { } remembered)
        {
            return remembered.Fingerprint == fingerprint
                ? Outcome.Of(remembered.Reply.Unpack(Replies))
                : Refusal.Invalid(
                    $"request_id {requestId} was used before with other content{(command.Requester.Name.Length > 0 ? ", or by somebody else" : "")}");
        }

        if (isMinted && draft.IsSettled(minted!.Value))
        {
            return Refusal.Unavailable("the call was answered before; this copy of it came late and had no effect");
        }

        // Who gave no request_id must not be refused for want of room for one.
        if (!isMinted && draft.RememberedRequests >= draft.Limits.MaxRememberedRequests)
        {
            return Refusal.Exhausted(
                $"{draft.RememberedRequests} requests with a request_id are remembered, the limit is {draft.Limits.MaxRememberedRequests}");
        }

        var outcome = Apply(draft, command);
        if (!outcome.IsRefused && outcome.Value is not BatchSetVariablesResponse { Success: false })
        {
            draft.Remember(new RequestRecord
            {
                RequestId = requestId,
                Fingerprint = fingerprint,
                Time = Timestamp.FromDateTimeOffset(draft.Now),
                Reply = Any.Pack(WithoutLargeParts(outcome.Value)),
            });
        }

        return outcome;
    }

    private static Outcome<IMessage> Apply(SessionDraft draft, SessionCommand command) => command.Request switch
    {
        SetVariableRequest r => SetVariable.Apply(draft, r),
        BatchSetVariablesRequest r => SetVariables.Apply(draft, r),
        RegisterVariableRequest r => RegisterVariable.Apply(draft, r),
        DeleteVariableRequest r => DeleteVariable.Apply(draft, r),
        InitializeSessionRequest r => InitializeSession.Apply(draft, r),
        RollbackVariableRequest r => RollbackVariable.Apply(draft, r, command.Target),
        AddDependencyRequest r => AddDependency.Apply(draft, r),
        StartOptimizationRequest r => StartOptimization.Apply(draft, r),
        StopOptimizationRequest r => StopOptimization.Apply(draft, r),
        UpdateVariableRequest r => UpdateVariable.Apply(draft, r),
        OfferTools r => ToolOffer.Apply(draft, r, command.Hosts),
        WithdrawTools r => ToolWithdrawal.Apply(draft, r),
        _ => throw new ArgumentException($"{command.Request.Descriptor.FullName} is not a command", nameof(command)),
    };

    // A thousand remembered replies must not hold a thousand large values in memory.
    private static IMessage WithoutLargeParts(IMessage reply) => reply switch
    {
        EncodedRollbackVariableResponse { Variable.Length: > LargeReplyBytes } r =>
            new EncodedRollbackVariableResponse(r) { Variable = ByteString.Empty },
        StopOptimizationResponse r when r.CalculateSize() > LargeReplyBytes =>
            new StopOptimizationResponse { Success = r.Success },
        _ => reply,
    };
}
