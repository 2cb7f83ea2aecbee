using System.Globalization;
using Snakepit.Protocol.Administration;
using Snakepit.Serving.CommandLine;

namespace Snakepit.Sidecar.Client;

/// <summary>A terminal that is redrawn in place: what stood on it before comes back at the end.</summary>
internal sealed class TopScreen(TextWriter terminal)
{
    private const string Enter = "\e[?1049h\e[?25l";
    private const string Leave = "\e[?25h\e[?1049l";
    private const string Home = "\e[H";
    private const string ClearLine = "\e[K";
    private const string ClearRest = "\e[J";
    private const int LinesOfHeader = 4;
    private const int LongestName = 32;

    // What stands below the first line.
    private string _below = "Ctrl-C ends it";

    /// <summary>What matters most comes first: the end of a line may have no room.</summary>
    public static Table<TopRow> Table { get; } = new(
        ("SESSION", static row => row.Name),
        ("CHANGES/S", static row => row.ChangesPerSecond.ToString("0.0", CultureInfo.InvariantCulture).PadLeft(9)),
        ("WATCHERS", static row => Shown.Number(row.Session.WatcherCount).PadLeft(8)),
        ("LAG", static row => row.Lag is { } lag ? Shown.Number(lag) : "-"),
        ("REVISION", static row => Shown.Number(row.Session.Revision).PadLeft(8)),
        ("VARIABLES", static row => Shown.Number(row.Session.VariableCount).PadLeft(9)),
        ("TOOLS", static row => Shown.Number(row.Session.ToolCount).PadLeft(5)),
        ("EXPIRES", static row => row.Session.ExpiresAt is { } at ? at.ToDateTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture) : "-"),
        ("SILO", static row => row.Session.Silo is "" ? "-" : row.Session.Silo));

    /// <summary>How many sessions there is room for.</summary>
    public static int Rows => Math.Max(1, Console.WindowHeight - LinesOfHeader);

    /// <summary>One line on the whole server.</summary>
    public static string HeaderOf(DescribeServerResponse server, IReadOnlyList<TopRow> rows)
    {
        var up = server.ServerTime is { } now && server.StartedAt is { } start ? now.ToDateTime() - start.ToDateTime() : TimeSpan.Zero;
        var stored = server.HasSessionCount ? $"{Shown.Number(server.SessionCount)} stored, " : "";
        var silos = server.Silos.Count > 0 ? $", {server.Silos.Count(static silo => silo.Status == "Active")} silos, {server.Gateways.Count} gateways" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"changes/s: {rows.Sum(static row => row.ChangesPerSecond):0.0}; watchers here: {server.WatcherCount}; "
            + $"sessions: {stored}{server.ActiveSessionCount} in memory; up {(int)up.TotalHours}:{up:mm\\:ss}{silos}; "
            + $"snakepit {server.Version}, {server.Kind.ToString().ToLowerInvariant()} on {server.Store}");
    }

    public void Open() => terminal.Write(Enter);

    /// <param name="header">One line.</param>
    /// <param name="rows">As many as fit.</param>
    /// <param name="count">How many there are.</param>
    public void Draw(string header, IReadOnlyList<TopRow> rows, int count)
    {
        using var text = new StringWriter { NewLine = "\n" };
        text.WriteLine(count > rows.Count ? $"{rows.Count} of {count} sessions in memory; Ctrl-C ends it" : "Ctrl-C ends it");
        Table.Write([.. rows.Select(static row => row with { Name = Shortened(row.Name) })], text);
        _below = text.ToString();
        Draw(header);
    }

    /// <summary>Draws another first line above what was drawn last.</summary>
    public void Draw(string header)
    {
        var width = Math.Max(1, Console.WindowWidth);
        var lines = $"{header}\n{_below}".TrimEnd('\n').Split('\n').Select(line => line.Length > width ? line[..width] : line);
        terminal.Write($"{Home}{string.Join($"{ClearLine}\r\n", lines)}{ClearLine}{ClearRest}");
        terminal.Flush();
    }

    public void Close()
    {
        terminal.Write(Leave);
        terminal.Flush();
    }

    // What is told of a session is to be seen beside a long name too.
    private static string Shortened(string name)
    {
        var most = Math.Clamp(Console.WindowWidth / 3, 8, LongestName);
        return name.Length > most ? $"{name[..(most - 1)]}…" : name;
    }
}
