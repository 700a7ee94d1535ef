namespace Drift.Storage.Journal;

/// <summary>How much may wait for the journal.</summary>
public sealed class JournalOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string SectionName = "Drift:Journal";

    /// <summary>The most entries that wait or are being written at a time; one more is refused as unavailable.</summary>
    /// <value>10 000; 1 to 1 000 000.</value>
    public int MaxPending { get; set; } = 10_000;

    /// <summary>The most memory that they may take, in bytes. An entry larger than this is taken when no other waits.</summary>
    /// <value>256 MiB; 1 MiB to 64 GiB.</value>
    public long MaxPendingBytes { get; set; } = 256L << 20;
}
