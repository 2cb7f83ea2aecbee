using Google.Protobuf;
using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Storing;
using Snakepit.Sessions.Commands;
using Snakepit.Sessions.Tools;
using Snakepit.Sessions.Values;

namespace Snakepit.Sessions.Queries;

/// <summary>Answers from committed state. The caller guards the state for the call's duration.</summary>
public static class SessionQueries
{
    /// <summary>Whether a request is answered by <see cref="Answer"/>.</summary>
    public static bool IsQuery(IMessage request) => request is
        GetVariableRequest or BatchGetVariablesRequest or GetSessionRequest or ListDependenciesRequest || ToolQueries.Includes(request);

    public static Outcome<IMessage> Answer(SessionState state, IMessage request, SessionLimits limits) => request switch
    {
        GetVariableRequest r => Get(state, r),
        BatchGetVariablesRequest r => GetMany(state, r, limits),
        GetSessionRequest r => Describe(state, r),
        ListDependenciesRequest => Dependencies(state),
        _ when ToolQueries.Includes(request) => Outcome.Of(ToolQueries.Answer(state, request)),
        _ => throw new ArgumentException($"{request.Descriptor.FullName} is not a query", nameof(request)),
    };

    /// <summary>The variables that a list asks for, oldest first. Its reply is made of them outside any lock.</summary>
    public static List<VariableState> Select(SessionState state, ListVariablesRequest request)
    {
        if (request.Pattern.Length == 0)
        {
            return state.ListInOrder(static _ => true);
        }

        var wildcard = new Wildcard(request.Pattern);
        return state.ListInOrder(variable => wildcard.Matches(variable.Name));
    }

    /// <summary>ListVariables' reply.</summary>
    public static EncodedListVariablesResponse Listed(IEnumerable<VariableState> variables)
    {
        var response = new EncodedListVariablesResponse();
        response.Variables.AddRange(variables.Select(static variable => variable.Wire));
        return response;
    }

    /// <summary>InitializeSession's reply for a session that exists already.</summary>
    public static EncodedInitializeSessionResponse Initialized(IEnumerable<VariableState> variables, HostedTools tools) =>
        InitializeSession.Reply(variables, tools);

    private static Outcome<IMessage> Get(SessionState state, GetVariableRequest request)
    {
        if (request.AtLeastRevision > state.Revision)
        {
            return Refusal.Precondition(
                $"Session {request.SessionId} is at revision {state.Revision}, not yet at {request.AtLeastRevision}");
        }

        return state.TryFind(request.VariableIdentifier, out var variable)
            ? new EncodedGetVariableResponse { Variable = variable.Wire }
            : Refusal.VariableNotFound(request.VariableIdentifier);
    }

    private static Outcome<IMessage> GetMany(SessionState state, BatchGetVariablesRequest request, SessionLimits limits)
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
            if (state.TryFind(identifier, out var variable))
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

    private static ListDependenciesResponse Dependencies(SessionState state)
    {
        var response = new ListDependenciesResponse();
        foreach (var variable in state.Variables)
        {
            foreach (var edge in variable.Dependencies)
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

    private static Outcome<IMessage> Describe(SessionState state, GetSessionRequest request)
    {
        var response = new GetSessionResponse
        {
            SessionId = request.SessionId,
            CreatedAt = state.Header.CreatedAt,
            VariableCount = state.VariableCount,
            ToolCount = state.Tools.Count,
            Revision = state.Revision,
        };
        response.Metadata.Add(state.Header.Metadata);
        return response;
    }
}
