using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Snakepit.Bench.Bare;

// Kestrel's HTTP/2 and nothing else: what any server on it could reach at best. Serves until it is killed.
var options = new KestrelServerOptions();
options.Limits.MinRequestBodyDataRate = null;
options.Limits.MinResponseDataRate = null;
options.Limits.Http2.MaxStreamsPerConnection = int.MaxValue;
options.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http2);

// As the product has it: with Kestrel's own 64 KiB its writer would stop in the midst of what a connection's watchers are sent at once.
var sockets = new SocketTransportOptions { MaxWriteBufferSize = 512 * 1024 };
var transport = new SocketTransportFactory(Options.Create(sockets), NullLoggerFactory.Instance);
using var kestrel = new KestrelServer(Options.Create(options), transport, NullLoggerFactory.Instance);
await kestrel.StartAsync(new BareApplication(), CancellationToken.None);
var address = kestrel.Features.Get<IServerAddressesFeature>()!.Addresses.Single();
Console.WriteLine($"GRPC_READY:{new Uri(address).Port.ToString(CultureInfo.InvariantCulture)}");
await Task.Delay(Timeout.Infinite);
