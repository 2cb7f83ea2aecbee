using Snakepit.Protocol.Storing;
using Snakepit.Sessions;

namespace Snakepit.Grains;

/// <summary>The streams of Orleans. Written from outside of any grain, so that no activation need outlive its events.</summary>
public sealed class OrleansChangeStreams(IClusterClient cluster, string provider) : IChangeStreams
{
    public Task PublishAsync(SessionKey key, SessionEvent announced)
    {
        // What runs here may have been started from within a grain's call, whose context is not this one's.
        RequestContext.Clear();
        return cluster.GetStreamProvider(provider)
            .GetStream<WireMessage>(SessionStreams.Of(key))
            .OnNextAsync(new WireMessage(announced));
    }
}
