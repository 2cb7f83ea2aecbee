using Google.Protobuf;
using Snakepit.Protocol.Storing;
using Snakepit.Storage.Archive;
using Snakepit.Storage.Sqlite;
using Snakepit.Tests.Storage;

namespace Snakepit.Tests.Archive;

/// <summary>A file that is not whole and as it was written changes nothing, and is told with where it is wrong.</summary>
public sealed class DamageTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private SqliteStore _target = null!;
    private byte[] _file = [];

    public async ValueTask InitializeAsync()
    {
        _target = SqliteStore.Open(_folder.File("target"));
        await using var source = SqliteStore.Open(_folder.File("source"));
        foreach (var id in new[] { "a", "b" })
        {
            var session = new ScriptedSession(source, id);
            await session.AppendManyAsync("x", 3);
            await session.AppendLargeAsync("y", ScriptedSession.Large(70_000, 1));
            await session.CheckpointAsync();
        }

        var ended = new ScriptedSession(source, "ended");
        await ended.AppendAsync("x");
        await source.DeleteAsync(ended.Key, ended.Number, ended.Revision);
        _file = await ArchiveFile.OfAsync(source);
    }

    public async ValueTask DisposeAsync()
    {
        await _target.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Any_byte_that_has_changed_is_noticed()
    {
        var random = new Random(1);
        var boundaries = ArchiveFile.Boundaries(_file);

        // Every byte around the edges of records, and some of all others.
        var positions = boundaries.SelectMany(at => Enumerable.Range(at - 20, 40)).Where(at => at >= 0 && at < _file.Length)
            .Concat(Enumerable.Range(0, ArchiveFormat.HeadLength))
            .Concat(Enumerable.Range(0, 300).Select(_ => random.Next(_file.Length)))
            .ToHashSet();
        foreach (var position in positions)
        {
            var damaged = _file.ToArray();
            damaged[position] ^= (byte)(1 << random.Next(8));
            var error = await RefusedAsync(damaged);
            if (position >= ArchiveFormat.HeadLength)
            {
                var record = boundaries.Last(at => at <= position);
                Assert.Matches($@"^some.file is (damaged|cut off): .*\bbyte {record}\b", error);
            }
        }
    }

    [Fact]
    public async Task A_file_that_was_cut_off_is_noticed_wherever_that_was()
    {
        var boundaries = ArchiveFile.Boundaries(_file);
        foreach (var (record, next) in boundaries.Zip(boundaries.Skip(1)))
        {
            Assert.Equal($"some.file is cut off: it ends at byte {record} without its last record", await RefusedAsync(_file[..record]));
            foreach (var end in new[] { record + 1, record + 9, (record + next) / 2, next - 1 })
            {
                Assert.Equal($"some.file is cut off: it ends at byte {end} within the record at byte {record}", await RefusedAsync(_file[..end]));
            }
        }
    }

    [Fact]
    public async Task What_follows_on_the_last_record_is_noticed() =>
        Assert.Equal(
            $"some.file is damaged: it goes on behind its last record, at byte {_file.Length}", await RefusedAsync([.. _file, 0]));

    [Fact]
    public async Task Records_that_were_taken_out_or_exchanged_are_noticed()
    {
        var boundaries = ArchiveFile.Boundaries(_file);
        for (var i = 0; i + 2 < boundaries.Count; i++)
        {
            var (one, two, three) = (boundaries[i], boundaries[i + 1], boundaries[i + 2]);
            var message = $"some.file is damaged: the record at byte {one} does not match its checksum";
            Assert.Equal(message, await RefusedAsync([.. _file[..one], .. _file[two..]]));
            Assert.Equal(message, await RefusedAsync([.. _file[..one], .. _file[two..three], .. _file[one..two], .. _file[three..]]));
        }
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 1, 2, 3 })]
    [InlineData(new byte[] { 0x53, 0x51, 0x4C, 0x69, 0x74, 0x65, 0x20, 0x66, 0x6F, 0x72, 0x6D, 0x61, 0x74, 0x20, 0x33, 0 })]
    public async Task Another_programs_file_is_told_apart(byte[] file) =>
        Assert.Equal("some.file holds no exported sessions: it does not begin as such a file does (byte 0)", await RefusedAsync(file));

    [Fact]
    public async Task A_newer_format_is_told_apart()
    {
        _file[8] = 4;
        Assert.Equal("some.file: its format is version 4, newer than this program's 3; use a newer program", await RefusedAsync(_file));
    }

    [Theory]
    [InlineData("session session commit commit large tenant", null)]
    [InlineData("tenant calculation", null)]
    [InlineData("commit", "stands where none of its kind can be")]
    [InlineData("variable", "stands where none of its kind can be")]
    [InlineData("session request commit", "stands where none of its kind can be")]
    [InlineData("session tenant session", "stands where none of its kind can be")]
    [InlineData("session tenant commit", "stands where none of its kind can be")]
    [InlineData("nothing", "is of no known kind")]
    [InlineData("wrong-end", "counts other records than came before it")]
    [InlineData("session session-before", "begins a session out of order")]
    [InlineData("session commit-above", "holds a commit that cannot follow on the one before")]
    public async Task Sums_alone_make_no_file(string records, string? wrong)
    {
        using var file = new MemoryStream();
        var writer = new ArchiveWriter(file);
        var last = 0L;
        foreach (var (i, name) in records.Split(' ').Index())
        {
            last = file.Length;
            writer.Write(Record(name, i));
        }

        writer.Complete(takenAt: null);
        if (wrong is null)
        {
            await ArchiveFile.IntoAsync(_target, file.ToArray());
        }
        else
        {
            Assert.Equal($"some.file is damaged: the record at byte {last} {wrong}", await RefusedAsync(file.ToArray()));
        }
    }

    private static ArchiveRecord Record(string name, int i) => name switch
    {
        "session" => new() { Session = Session($"s{i}") },
        "session-before" => new() { Session = Session("a") },
        "commit" => new() { Commit = new ArchivedCommit { Number = i, FirstRevision = i, LastRevision = i, Body = new CommitRecord().ToByteString() } },
        "commit-above" => new() { Commit = new ArchivedCommit { Number = 11, FirstRevision = 11, LastRevision = 11 } },
        "large" => new() { LargeValue = new ArchivedLargeValue { Revision = 1 } },
        "variable" => new() { Variable = new ArchivedVariable() },
        "request" => new() { Request = new ArchivedRequest() },
        "tenant" => new() { Tenant = new ArchivedTenant() },
        "calculation" => new() { Calculation = new ArchivedCalculation() },
        "wrong-end" => new() { End = new ArchiveEnd { Sessions = 1 } },
        _ => new(),
    };

    private static ArchivedSession Session(string id) => new()
    {
        Id = id,
        NewestNumber = 10,
        NewestRevision = 10,
        Header = ScriptedSession.Header(id).ToByteString(),
    };

    private async Task<string> RefusedAsync(byte[] file)
    {
        var error = await Assert.ThrowsAsync<ArchiveException>(() => ArchiveFile.IntoAsync(_target, file));
        Assert.Equal(0, _target.Count);
        Assert.Equal(0, (await _target.LoadAsync(new("", "new"), default)).Revision);
        return error.Message;
    }
}
