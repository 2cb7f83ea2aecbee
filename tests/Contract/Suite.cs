using Snakepit.Tests.Contract.Support;

// Most tests wait for a server rather than compute: more of them than there are cores.
[assembly: CollectionBehavior(MaxParallelThreads = 16)]
[assembly: AssemblyFixture(typeof(SharedServer))]
