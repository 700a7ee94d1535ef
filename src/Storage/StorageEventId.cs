namespace Drift.Storage;

/// <summary>The event ids of Storage: 4000 to 4999. A number is never used again for something else.</summary>
internal static class StorageEventId
{
    public const int MigrationApplied = 4000;

    public const int RetentionSwept = 4100;
    public const int RetentionFailed = 4101;

    public const int ShelfFull = 4200;
    public const int ShelfFaulty = 4201;
    public const int ShelfUnreadable = 4202;
}
