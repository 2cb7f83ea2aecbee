using System.Runtime.Versioning;
using Snakepit.Tests.Robustness.Support;
using Xunit.Runner.InProc.SystemConsole;

// One machine under test: a second scenario beside the first would only blur its times and its memory.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

// Signals, /proc, mounts.
[assembly: SupportedOSPlatform("linux")]

// The tests; or, for a test that starts this program again, a client that is there to be killed.
return args is [DoomedClient.Command, var port, var session]
    ? await DoomedClient.RunAsync(port, session)
    : await ConsoleRunner.Run(args);
