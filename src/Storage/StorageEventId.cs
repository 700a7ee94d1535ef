namespace Drift.Storage;

/// <summary>The event ids of Storage: 3000 to 3999. A number is never used again for something else.</summary>
internal static class StorageEventId
{
    public const int MigrationApplied = 3000;

    public const int RetentionSwept = 3100;
    public const int RetentionFailed = 3101;
}
