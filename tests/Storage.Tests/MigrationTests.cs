namespace Drift.Storage.Tests;

public sealed class MigrationTests
{
    [Fact]
    public void Both_stores_have_the_same_migrations()
    {
        var sqlite = Migration.Embedded("Sqlite");

        Assert.NotEmpty(sqlite);
        Assert.Equal(sqlite.Select(m => m.Name), Migration.Embedded("Postgres").Select(m => m.Name));
        Assert.Equal(sqlite.Select(m => m.Version).Distinct().Order(), sqlite.Select(m => m.Version));
        Assert.Equal(1, sqlite[0].Version);
    }

    [Fact]
    public void The_checksum_does_not_depend_on_line_endings_but_on_every_letter()
    {
        var migration = new Migration(1, "001_x", "a\nb\n");

        Assert.Equal(migration.Checksum, new Migration(1, "001_x", "a\r\nb\r\n").Checksum);
        Assert.NotEqual(migration.Checksum, new Migration(1, "001_x", "a\nB\n").Checksum);
    }

    [Fact]
    public void Pending_gives_what_was_not_applied_in_order()
    {
        Migration[] known = [new(1, "001_a", "a"), new(2, "002_b", "b"), new(3, "003_c", "c")];

        Assert.Equal(known, Migration.Pending(known, []));
        Assert.Equal(known[1..], Migration.Pending(known, [new(1, "001_a", known[0].Checksum)]));
        Assert.Empty(Migration.Pending(known, [.. known.Select(m => new AppliedMigration(m.Version, m.Name, m.Checksum))]));
    }
}
