using System.Text;
using Snakepit.Serving.Access;
using Snakepit.Tests.Storage;

namespace Snakepit.Tests.Unit.Access;

public sealed class WatchedFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_read_and_not_taken_is_told_again()
    {
        var path = _folder.File("rules");
        File.WriteAllText(path, "first");
        var file = new WatchedFile(path);
        file.Take(file.Read());
        Assert.False(file.TryReadChanged(out _));

        File.WriteAllText(path, "second");
        Assert.True(file.TryReadChanged(out _));
        Assert.True(file.TryReadChanged(out var content));
        Assert.Equal("second", Encoding.UTF8.GetString(content));

        file.Take(content);
        Assert.False(file.TryReadChanged(out _));
    }
}
