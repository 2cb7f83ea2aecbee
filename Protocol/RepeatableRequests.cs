using Snakepit.Protocol.Rpc;

// Which of the generated messages carry a request_id. No one else need list them.
namespace Snakepit.Protocol.Bridge
{
    public sealed partial class RegisterVariableRequest : IRepeatableRequest;

    public sealed partial class SetVariableRequest : IRepeatableRequest;

    public sealed partial class BatchSetVariablesRequest : IRepeatableRequest;

    public sealed partial class DeleteVariableRequest : IRepeatableRequest;

    public sealed partial class RollbackVariableRequest : IRepeatableRequest;

    public sealed partial class AddDependencyRequest : IRepeatableRequest;

    public sealed partial class StartOptimizationRequest : IRepeatableRequest;

    public sealed partial class StopOptimizationRequest : IRepeatableRequest;
}

namespace Snakepit.Protocol.Administration
{
    public sealed partial class UpdateVariableRequest : IRepeatableRequest;
}
