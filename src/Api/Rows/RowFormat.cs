namespace Drift.Api.Rows;

/// <summary>The forms in which rows arrive.</summary>
internal enum RowFormat
{
    /// <summary>One JSON object with <c>rows</c>, or with <c>columns</c>: the top-level key decides.</summary>
    Json,

    /// <summary>One JSON row object per line.</summary>
    Ndjson,

    /// <summary>One JSON object with <c>columns</c>: an array per field. Read like <see cref="Json"/>.</summary>
    Columnar,

    /// <summary>RFC 4180 with a header line.</summary>
    Csv,
}
