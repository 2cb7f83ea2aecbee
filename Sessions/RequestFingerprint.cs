using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Snakepit.Protocol.Administration;
using Snakepit.Protocol.Bridge;
using Snakepit.Protocol.Rpc;

namespace Snakepit.Sessions;

/// <summary>The identity of a mutating request: its request_id, and a digest of everything else in it.</summary>
public static class RequestFingerprint
{
    /// <summary>The request's id; empty where it has none or cannot have one.</summary>
    public static string RequestId(IMessage request) => request is IRepeatableRequest repeatable ? repeatable.RequestId : "";

    /// <summary>
    /// Sixteen bytes of SHA-256 over who makes the request, its kind and its content without the id. Maps count as sets:
    /// a client that sends the same entries in another order sends the same request.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="principal">Who makes it: the reply to one is not for another to have. May be empty.</param>
    public static ByteString Of(IMessage request, string principal = "")
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (principal.Length > 0)
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{principal}\0"));
        }

        hash.AppendData(System.Text.Encoding.UTF8.GetBytes(request.Descriptor.FullName));
        hash.AppendData(Normalized(request).ToByteArray());
        return ByteString.CopyFrom(hash.GetHashAndReset(), 0, 16);
    }

    private static IMessage Normalized(IMessage request)
    {
        switch (request)
        {
            case RegisterVariableRequest r:
                r = r.Clone();
                r.RequestId = "";
                Sort(r.Metadata);
                return r;
            case SetVariableRequest r:
                r = r.Clone();
                r.RequestId = "";
                Sort(r.Metadata);
                return r;
            case BatchSetVariablesRequest r:
                r = r.Clone();
                r.RequestId = "";
                Sort(r.Metadata);
                Sort(r.Updates);
                Sort(r.BinaryUpdates);
                Sort(r.ExpectedVersions);
                return r;
            case DeleteVariableRequest r:
                return new DeleteVariableRequest(r) { RequestId = "" };
            case RollbackVariableRequest r:
                r = r.Clone();
                r.RequestId = "";
                Sort(r.Metadata);
                return r;
            case AddDependencyRequest r:
                return new AddDependencyRequest(r) { RequestId = "" };
            case StartOptimizationRequest r:
                r = r.Clone();
                r.RequestId = "";
                Sort(r.OptimizerConfig);
                return r;
            case StopOptimizationRequest r:
                return new StopOptimizationRequest(r) { RequestId = "" };
            case UpdateVariableRequest r:
                r = r.Clone();
                r.RequestId = "";
                Sort(r.Metadata);
                return r;
            default:
                throw new ArgumentException($"{request.Descriptor.FullName} carries no request_id", nameof(request));
        }
    }

    private static void Sort<T>(MapField<string, T> map)
    {
        if (map.Count < 2)
        {
            return;
        }

        var entries = map.OrderBy(entry => entry.Key, StringComparer.Ordinal).ToArray();
        map.Clear();
        foreach (var (key, value) in entries)
        {
            map.Add(key, value);
        }
    }
}
