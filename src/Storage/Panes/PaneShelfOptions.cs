namespace Drift.Storage.Panes;

/// <summary>Where a host keeps encoded panes that nothing needs at the moment.</summary>
public sealed class PaneShelfOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string SectionName = "Drift:PaneShelf";

    /// <summary>
    /// The folder of its file, on a local disk; not on a file system in memory. The file has no name, and its space is free when the process ends.
    /// Null or empty: panes stay in memory.
    /// </summary>
    /// <value>None; a single process sets its data folder.</value>
    public string? Folder { get; set; }

    /// <summary>The most that the file may take, in bytes; further panes stay in memory.</summary>
    /// <value>16 GiB; 1 MiB to 1 TiB.</value>
    public long MaxBytes { get; set; } = 16L << 30;

    /// <summary>The free space of the folder's file system, in bytes, below which the file grows no more: the database may need it.</summary>
    /// <value>1 GiB; 0 to 1 TiB.</value>
    public long MinFreeBytes { get; set; } = 1L << 30;
}
