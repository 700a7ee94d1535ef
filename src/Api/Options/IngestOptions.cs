using Drift.Api.Rows;

namespace Drift.Api.Options;

/// <summary>How much one request may bring, and from when.</summary>
public sealed class IngestOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Drift:Ingest";

    /// <summary>The largest body, in bytes, both as sent and decompressed.</summary>
    /// <value>Default 67 108 864 (64 MiB); 1 024 to 1 073 741 824.</value>
    public long MaxBodyBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>The most rows of one request.</summary>
    /// <value>Default 100 000; 1 to 1 000 000.</value>
    public int MaxRows { get; set; } = 100_000;

    /// <summary>The most distinct features (and segments, and classes with a score) of one request.</summary>
    /// <value>Default 1 000; 1 to 10 000.</value>
    public int MaxColumns { get; set; } = 1_000;

    /// <summary>The most rows times columns of one request.</summary>
    /// <value>Default 10 000 000; at least 1 000.</value>
    /// <remarks>A cell takes about 13 bytes while its request is worked on.</remarks>
    public long MaxCells { get; set; } = 10_000_000;

    /// <summary>The most bytes (UTF-8) of one text.</summary>
    /// <value>Default 65 536; at least 1 and at most <see cref="MaxBodyBytes"/>.</value>
    public int MaxCellBytes { get; set; } = 65_536;

    /// <summary>How far ahead of this node's clock a row's time may be.</summary>
    /// <value>Default 5 minutes; 0 to 1 day.</value>
    public TimeSpan MaxFutureSkew { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a node uses a model's plan before it asks again whether it is still the one.</summary>
    /// <value>Default 5 seconds; 0 to 10 minutes.</value>
    /// <remarks>A plan that changed within this time is noticed anyway, by one more round trip: the model refuses the old version.</remarks>
    public TimeSpan PlanCacheTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Rows after which a chunk of a streamed body ends: as many are made durable, and acknowledged, at a time.</summary>
    /// <value>Default 10 000; 1 to 1 000 000. At most <see cref="MaxRows"/> is used.</value>
    /// <remarks>Like <see cref="StreamChunkBytes"/> the same on all nodes. A body that is sent again after a change is cut in other places, and counts again.</remarks>
    public int StreamChunkRows { get; set; } = 10_000;

    /// <summary>Bytes, decompressed, after which a chunk ends with the row that it is in.</summary>
    /// <value>Default 4 194 304 (4 MiB); 65 536 to 268 435 456.</value>
    /// <remarks>A stream holds two chunks at most.</remarks>
    public int StreamChunkBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>The most bytes of one row of a streamed body.</summary>
    /// <value>Default 1 048 576 (1 MiB); 1 024 to <see cref="StreamChunkBytes"/>.</value>
    public int StreamRowBytes { get; set; } = 1024 * 1024;

    /// <summary>The most batches that wait for one model while others of it are being written; one more is refused as unavailable.</summary>
    /// <value>Default 4 096; 1 to 1 000 000.</value>
    public int MaxWaitingBatches { get; set; } = 4_096;

    /// <summary>The most memory that the rows of these may take, in bytes.</summary>
    /// <value>Default 67 108 864 (64 MiB); 1 MiB to 64 GiB.</value>
    public long MaxWaitingBytes { get; set; } = 64L << 20;

    internal RowReaderLimits ToLimits() => new()
    {
        MaxRows = MaxRows,
        MaxColumns = MaxColumns,
        MaxCells = MaxCells,
        MaxCellBytes = MaxCellBytes,
    };
}
