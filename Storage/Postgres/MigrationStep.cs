using System.Globalization;
using System.Reflection;

namespace Snakepit.Storage.Postgres;

/// <summary>Makes one version of the schema of the one before.</summary>
/// <param name="Version">From 1 without a gap.</param>
/// <param name="Name">For an operator.</param>
/// <param name="Statements">SQL, any number of statements; names without a schema are in the store's own.</param>
internal sealed record MigrationStep(int Version, string Name, string Statements)
{
    private const string Folder = "Migrations/";

    /// <summary>
    /// The steps in an assembly: resources named <c>Migrations/NNNN-name.sql</c>. One that was released is
    /// never edited.
    /// </summary>
    public static IReadOnlyList<MigrationStep> In(Assembly assembly)
    {
        var names = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        return [.. names.Select(name => Read(assembly, name))];
    }

    private static MigrationStep Read(Assembly assembly, string resource)
    {
        using var text = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        var name = Path.GetFileNameWithoutExtension(resource[Folder.Length..]);
        return new MigrationStep(int.Parse(name.AsSpan(0, 4), CultureInfo.InvariantCulture), name, text.ReadToEnd());
    }
}
