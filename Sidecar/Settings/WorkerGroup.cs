using Snakepit.Serving.CommandLine;
using Snakepit.Serving.Settings;
using Snakepit.Sidecar.Workers;

namespace Snakepit.Sidecar.Settings;

/// <summary>The worker processes that a sidecar launches.</summary>
internal static class WorkerGroup
{
    /// <summary>More processes than this are a mistake of the typist.</summary>
    private const int MostWorkers = 1_000;

    private static readonly WorkerPoolOptions Default = new() { Command = [] };

    public static Setting<IReadOnlyList<string>> Command { get; } = new(
        "worker-command",
        new SettingKind<IReadOnlyList<string>>(
            "COMMAND",
            static () => "a command: a program and its arguments, quoted as for a shell, or a JSON array of texts",
            CommandText.TryParse,
            CommandText.Format),
        Default.Command,
        "program that serves tools, such as 'python3 grpc_server.py'; launched and kept running with flags of its own added")
    {
        IsJsonInFile = true,
    };

    public static Setting<int> Workers { get; } = new(
        "workers", SettingKinds.CountUpTo(MostWorkers), Default.Workers, "worker processes");

    public static Setting<string> Adapter { get; } = new(
        "worker-adapter", SettingKinds.Text("CLASS"), Default.Adapter, "passed to the workers as --adapter");

    public static Setting<IReadOnlyDictionary<string, string>> Variables { get; } = new(
        "worker-env",
        new SettingKind<IReadOnlyDictionary<string, string>>(
            "NAME=VALUE",
            static () => "a variable, NAME=VALUE, or a JSON object of texts",
            VariablesText.TryParse,
            VariablesText.Format),
        Default.Environment,
        "variable in the environment of the workers, beside the server's own; repeatable")
    {
        IsRepeatable = true,
        IsJsonInFile = true,
    };

    public static Setting<WorkerAffinity> Affinity { get; } = new(
        "worker-affinity",
        SettingKinds.OneOf(
            "MODE",
            ("hint", WorkerAffinity.Hint),
            ("strict_queue", WorkerAffinity.StrictQueue),
            ("strict_fail_fast", WorkerAffinity.StrictFailFast)),
        Default.Affinity,
        "a session's calls go to its last worker if it is free (hint), wait for it (strict_queue), or are refused while it is busy (strict_fail_fast)");

    public static Setting<int> Calls { get; } = new(
        "worker-calls", SettingKinds.Count, Default.CallsPerWorker, "calls that one worker has at once");

    public static Setting<int> Queue { get; } = new(
        "worker-queue", SettingKinds.Count, Default.MaxWaitingCalls, "calls that wait for a worker; more are refused");

    public static Setting<TimeSpan> QueueTimeout { get; } = new(
        "worker-queue-timeout", SettingKinds.Interval, Default.QueueTimeout, "how long a call waits for a worker");

    public static Setting<TimeSpan> StartTimeout { get; } = new(
        "worker-start-timeout", SettingKinds.Interval, Default.StartTimeout, "time a worker has from its launch to its first answer");

    public static Setting<TimeSpan> Silence { get; } = new(
        "worker-silence", SettingKinds.Interval, Default.Silence, "a worker that answers no health check for so long is killed");

    public static IReadOnlyList<Setting> All { get; } =
        [Command, Workers, Adapter, Variables, Affinity, Calls, Queue, QueueTimeout, StartTimeout, Silence];

    /// <summary>Null = no workers.</summary>
    /// <exception cref="MistakeException">The program is not there, or something is said of workers that nothing launches.</exception>
    public static WorkerPoolOptions? OptionsFrom(SettingValues values)
    {
        var command = values.Of(Command);
        if (command is [])
        {
            return All.FirstOrDefault(setting => values.SourceOf(setting) != SettingSource.Default) is { } idle
                ? throw new MistakeException($"{idle.Option} says how workers run, but no {Command.Option} says what to run")
                : null;
        }

        return Default with
        {
            Command =
            [
                ProgramPath.Find(command[0]) ?? throw new MistakeException($"{Command.Option}: the program '{command[0]}' is not found"),
                .. command.Skip(1),
            ],
            Workers = values.Of(Workers),
            Adapter = values.Of(Adapter),
            Environment = values.Of(Variables),
            Affinity = values.Of(Affinity),
            CallsPerWorker = values.Of(Calls),
            MaxWaitingCalls = values.Of(Queue),
            QueueTimeout = values.Of(QueueTimeout),
            StartTimeout = values.Of(StartTimeout),
            Silence = values.Of(Silence),
        };
    }
}
