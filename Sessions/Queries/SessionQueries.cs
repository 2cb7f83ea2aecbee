using Google.Protobuf;
using Snakepit.Protocol;
using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions.Commands;
using Snakepit.Sessions.Tools;

namespace Snakepit.Sessions.Queries;

/// <summary>Answers from committed state. The caller guards the state for the call's duration.</summary>
public static class SessionQueries
{
    /// <summary>Whether a request is answered by <see cref="Answer"/>.</summary>
    public static bool IsQuery(IMessage request) => request is
        GetVariableRequest or BatchGetVariablesRequest or GetSessionRequest or ListDependenciesRequest || ToolQueries.Includes(request);

    public static Outcome<IMessage> Answer(SessionState state, IMessage request, SessionLimits limits, Requester requester) => request switch
    {
        GetVariableRequest r => Get(state, r, requester),
        BatchGetVariablesRequest r => GetMany(state, r, limits, requester),
        GetSessionRequest r => Describe(state, r, requester),
        ListDependenciesRequest => Dependencies(state, requester),
        _ when ToolQueries.Includes(request) => Outcome.Of(ToolQueries.Answer(state, request, requester)),
        _ => throw new ArgumentException($"{request.Descriptor.FullName} is not a query", nameof(request)),
    };

    /// <summary>The variables that a list asks for, oldest first. Its reply is made of them outside any lock.</summary>
    public static List<KeptVariable> Select(SessionState state, ListVariablesRequest request, Requester requester)
    {
        if (request.Pattern.Length == 0)
        {
            return state.ListInOrder(variable => variable.IsVisibleTo(requester));
        }

        Func<ReadOnlySpan<char>, bool> matches = new Wildcard(request.Pattern).Matches;
        return state.ListInOrder(variable => variable.IsVisibleTo(requester) && variable.OfName(matches));
    }

    /// <summary>ListVariables' reply.</summary>
    public static EncodedListVariablesResponse Listed(IEnumerable<KeptVariable> variables)
    {
        var response = new EncodedListVariablesResponse();
        response.Variables.AddRange(variables.Select(static variable => variable.Wire));
        return response;
    }

    /// <summary>InitializeSession's reply for a session that exists already.</summary>
    public static EncodedInitializeSessionResponse Initialized(IEnumerable<KeptVariable> variables, HostedTools tools) =>
        InitializeSession.Reply(variables, tools);

    private static Outcome<IMessage> Get(SessionState state, GetVariableRequest request, Requester requester)
    {
        if (request.AtLeastRevision > state.Revision)
        {
            return Refusal.Precondition(
                $"Session {request.SessionId} is at revision {state.Revision}, not yet at {request.AtLeastRevision}");
        }

        return state.TryFind(request.VariableIdentifier, requester, out var variable)
            ? new EncodedGetVariableResponse { Variable = variable.Wire }
            : Refusal.VariableNotFound(request.VariableIdentifier);
    }

    private static Outcome<IMessage> GetMany(
        SessionState state, BatchGetVariablesRequest request, SessionLimits limits, Requester requester)
    {
        var count = request.VariableIdentifiers.Count;
        if (count > limits.MaxBatch)
        {
            return Refusal.Exhausted($"batch has {count} items, the limit is {limits.MaxBatch}");
        }

        var response = new EncodedGetVariablesResponse();
        var missing = new HashSet<string>(StringComparer.Ordinal);
        foreach (var identifier in request.VariableIdentifiers)
        {
            if (state.TryFind(identifier, requester, out var variable))
            {
                response.Variables[identifier] = variable.Wire;
            }
            else if (missing.Add(identifier))
            {
                response.MissingVariables.Add(identifier);
            }
        }

        return response;
    }

    private static ListDependenciesResponse Dependencies(SessionState state, Requester requester)
    {
        var response = new ListDependenciesResponse();
        foreach (var variable in state.Variables.Where(variable => variable.IsVisibleTo(requester)))
        {
            foreach (var edge in variable.Dependencies.Where(edge => state.TryFind(edge.ToId, requester, out _)))
            {
                response.Dependencies.Add(new VariableDependency
                {
                    FromVariableId = variable.Id,
                    ToVariableId = edge.ToId,
                    DependencyType = edge.Type,
                });
            }
        }

        return response;
    }

    private static Outcome<IMessage> Describe(SessionState state, GetSessionRequest request, Requester requester)
    {
        var response = new GetSessionResponse
        {
            SessionId = request.SessionId,
            CreatedAt = state.Header.CreatedAt,
            VariableCount = state.VariableCount - state.HiddenFrom(requester).Count,
            ToolCount = state.Tools.Count,
            Revision = state.Revision,
        };
        response.Metadata.Add(state.Header.Metadata);
        return response;
    }
}
