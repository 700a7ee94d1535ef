using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Drift.Storage;

/// <summary>One numbered SQL file.</summary>
internal sealed record Migration(int Version, string Name, string Sql)
{
    /// <summary>SHA-256 of the text in hexadecimal. Line endings do not count, so that it does not depend on how a checkout was made.</summary>
    public string Checksum { get; } =
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    /// <summary>The embedded files of a store, by number.</summary>
    /// <param name="store">Its folder: <c>Sqlite</c> or <c>Postgres</c>.</param>
    /// <param name="set">The folder in it.</param>
    public static IReadOnlyList<Migration> Embedded(string store, string set = "Migrations")
    {
        var assembly = typeof(Migration).Assembly;
        var prefix = $"{typeof(Migration).Namespace}.{store}.{set}.";
        var migrations = new List<Migration>();
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            var name = resource[prefix.Length..^".sql".Length];
            migrations.Add(new Migration(int.Parse(name.AsSpan(0, 3), CultureInfo.InvariantCulture), name, reader.ReadToEnd()));
        }

        migrations.Sort((a, b) => a.Version.CompareTo(b.Version));
        return migrations;
    }

    /// <summary>What is missing in a database.</summary>
    /// <exception cref="MigrationException">The database is not one that <paramref name="known"/> leads to.</exception>
    public static IReadOnlyList<Migration> Pending(IReadOnlyList<Migration> known, IReadOnlyCollection<AppliedMigration> applied)
    {
        var latest = known.Count == 0 ? 0 : known[^1].Version;
        if (applied.Where(a => a.Version > latest).MaxBy(a => a.Version) is { } newer)
        {
            throw new MigrationException(
                $"The database is newer than this build: it has migration {newer.Name}, this build knows up to {latest:D3}. "
                + "Run the build that migrated it or a later one, or restore a backup from before.");
        }

        var byVersion = applied.ToDictionary(a => a.Version);
        foreach (var migration in known)
        {
            if (byVersion.TryGetValue(migration.Version, out var found) && found.Checksum != migration.Checksum)
            {
                throw new MigrationException(
                    $"Migration {migration.Name} was applied to the database with other content (checksum {found.Checksum}, here {migration.Checksum}). "
                    + "Released migrations never change: run the build that migrated it, or restore a backup.");
            }
        }

        return [.. known.Where(m => !byVersion.ContainsKey(m.Version))];
    }
}

/// <summary>A row of <c>schema_migrations</c>.</summary>
internal sealed record AppliedMigration(int Version, string Name, string Checksum);
