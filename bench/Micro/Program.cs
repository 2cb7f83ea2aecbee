using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;
using Snakepit.Bench.Micro;

const string Usage = """
    usage: dotnet run -c Release --project bench/Micro [-- --measure | --write]

      without an option   times and allocations of each hot path, by BenchmarkDotNet, in a minute
      --measure           the allocations alone, a line `name bytes` for each path, in some seconds
      --write             the same, into bench/Micro/allocations.txt, which a test compares with
    """;

switch (args)
{
    case []:
        var job = Job.ShortRun
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithIterationTime(TimeInterval.FromMilliseconds(200));
        BenchmarkRunner.Run<HotPaths>(DefaultConfig.Instance.AddJob(job));
        return 0;
    case ["--measure"]:
        (await Allocations.MeasureAsync()).ForEach(Console.WriteLine);
        return 0;
    case ["--write"]:
        Console.WriteLine($"{await Allocations.WriteAsync()} is written");
        return 0;
    case ["--help"]:
        Console.WriteLine(Usage);
        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return 1;
}
