namespace Drift.Load;

/// <summary>How rows are written into a body.</summary>
internal enum RowFormat
{
    /// <summary>JSON, a row per object.</summary>
    Json,

    /// <summary>A JSON row per line.</summary>
    Ndjson,

    /// <summary>JSON, an array per column.</summary>
    Columnar,

    /// <summary>CSV with a header.</summary>
    Csv,
}
