namespace Drift.Storage;

/// <summary>
/// Brings the database to the shape that this build needs. Forward only. Several may run at once, on several machines: one works, the
/// others wait and find nothing left to do.
/// </summary>
public interface IMigrator
{
    /// <summary>Applies what is missing and gives the names applied, in order; none when the database was up to date.</summary>
    /// <exception cref="MigrationException">The database is newer than this build, or was built by other migrations. Nothing was changed.</exception>
    Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellationToken = default);

    /// <summary>The names of what <see cref="MigrateAsync"/> would apply, for a host that refuses to start on an old database. Changes nothing.</summary>
    /// <exception cref="MigrationException">The database is newer than this build, or was built by other migrations.</exception>
    Task<IReadOnlyList<string>> PendingAsync(CancellationToken cancellationToken = default);
}
