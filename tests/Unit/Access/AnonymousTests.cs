using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Snakepit.Serving.Access;
using Snakepit.Serving.CommandLine;
using Snakepit.Serving.Settings.Groups;
using Snakepit.Tests.Serving;
using Snakepit.Tests.Storage;

namespace Snakepit.Tests.Unit.Access;

/// <summary>A file by which nobody need say who they are opens no server that other machines can reach.</summary>
public sealed class AnonymousTests : IDisposable
{
    private const string Closed = """{ "principals": { "guest": {} } }""";
    private const string Open = """{ "principals": { "guest": {} }, "anonymous": "guest" }""";

    private readonly TemporaryFolder _folder = new();

    private string File => Path.Combine(_folder.Path, "access.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_is_refused_at_start_where_others_reach_the_server()
    {
        var mistake = Assert.Throws<MistakeException>(() => Start(Open, Told().By(ListenGroup.Listen, "0.0.0.0")));
        Assert.Equal(
            $"the access file {File}: anonymous: --listen 0.0.0.0: other machines could reach it, and nobody need say who they are; "
                + "say --insecure if that is meant",
            mistake.Message);
    }

    [Fact]
    public async Task It_is_taken_where_they_do_not_or_must_have_certificates_or_it_is_meant()
    {
        await using var alone = Start(Open, Told());
        await using var certain = Start(Open, Told().By(ListenGroup.Listen, "0.0.0.0").By(TlsGroup.ClientAuthorities, "c"));
        await using var meant = Start(Open, Told().By(ListenGroup.Listen, "0.0.0.0").By(ListenGroup.Insecure, "true"));
        await using var closed = Start(Closed, Told().By(ListenGroup.Listen, "0.0.0.0"));
    }

    [Fact]
    public async Task It_is_not_taken_later_either()
    {
        using var log = new FirstWarning();
        await using var access = Start(Closed, Told().By(ListenGroup.Listen, "0.0.0.0"), log);
        await System.IO.File.WriteAllTextAsync(File, Open);
        Assert.Contains(
            "anonymous: --listen 0.0.0.0: other machines could reach it",
            await log.Text.WaitAsync(TimeSpan.FromSeconds(30)),
            StringComparison.Ordinal);
    }

    private ServerAccess Start(string file, Told told, ILoggerFactory? log = null)
    {
        System.IO.File.WriteAllText(File, file);
        var settings = AccessGroup.SettingsFrom(told.By(AccessGroup.Access, File).Read());
        return ServerAccess.Open(settings, TimeProvider.System, log ?? NullLoggerFactory.Instance)!;
    }

    private static Told Told() => new Told([.. ListenGroup.All, .. TlsGroup.All, .. AccessGroup.All, .. ConfigGroup.All])
        .By(TlsGroup.Certificate, "a").By(TlsGroup.Key, "b");

    private sealed class FirstWarning : ILoggerFactory, ILogger
    {
        private readonly TaskCompletionSource<string> _text = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Text => _text.Task;

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _text.TrySetResult(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
