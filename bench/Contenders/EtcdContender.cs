using System.Globalization;
using Google.Protobuf;
using Snakepit.Bench.Etcd;
using Snakepit.Tests;

namespace Snakepit.Bench;

/// <summary>Debian's etcd: a durable key-value store with a watch, over gRPC too.</summary>
internal sealed class EtcdContender() : Contender("etcd", new EtcdDialect())
{
    private const string Program = "/usr/bin/etcd";

    public override string? Missing => MissingProgram(Program, "etcd-server");

    public override async Task<MeasuredServer> StartAsync()
    {
        var (folder, remove) = NewFolder();
        var port = FreePort.Next();
        var client = Url(port);
        var peer = Url(FreePort.Next());
        var process = await ServerProcess.StartListeningAsync(
            port,
            Program,
            "--data-dir", folder,
            "--listen-client-urls", client,
            "--advertise-client-urls", client,
            "--listen-peer-urls", peer,
            "--initial-advertise-peer-urls", peer,
            "--initial-cluster", $"default={peer}",
            "--logger", "zap",
            "--log-outputs", "/dev/null");
        return new MeasuredServer([("etcd", process)], remove);
    }

    private static string Url(int port) => $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>A key for a variable.</summary>
    private sealed class EtcdDialect : Dialect
    {
        private static readonly ByteString Value = BridgeDialect.Value.Value;
        private static readonly MessageParser<WatchResponse> Responses = WatchResponse.Parser.WithDiscardUnknownFields(true);

        // After many puts its ranges are slow for a while; leases that are granted end that.
        public override async Task PrepareAsync(int port, int variables)
        {
            await SendAsync(port, Enumerable.Range(0, variables).Select(Put));
            await SendAsync(
                port,
                Enumerable.Repeat(new UnaryCall("/etcdserverpb.Lease/LeaseGrant", new LeaseGrantRequest { TTL = 600 }), 3));
        }

        public override UnaryCall? Call(Operation operation, int variables) => operation switch
        {
            Operation.Get => new UnaryCall(
                "/etcdserverpb.KV/Range", new RangeRequest { Key = Key(variables / 2), Serializable = true }),
            Operation.Set => Put(variables / 2),
            _ => null,
        };

        public override WatchCall Watch() => new(
            "/etcdserverpb.Watch/Watch",
            new WatchRequest { CreateRequest = new WatchCreateRequest { Key = Key(0) } },
            EndsRequest: false,
            Snapshot: 1,
            static message => Responses.ParseFrom(message).Events.Count);

        private static UnaryCall Put(int n) => new("/etcdserverpb.KV/Put", new PutRequest { Key = Key(n), Value = Value });

        private static ByteString Key(int n) => ByteString.CopyFromUtf8(BridgeDialect.Variable(n));
    }
}
