namespace Drift.Api.Rows;

/// <summary>
/// What one request may hold. A body is limited in bytes before it gets here; these limits keep a small body from needing much
/// memory and a batch from growing past what the rest of the system is measured for.
/// </summary>
internal sealed record RowReaderLimits
{
    /// <summary>The defaults.</summary>
    public static RowReaderLimits Default { get; } = new();

    /// <summary>Rows in one request.</summary>
    /// <value>Default 100 000.</value>
    public int MaxRows { get; init; } = 100_000;

    /// <summary>Distinct features; also distinct segments, and distinct classes with a score.</summary>
    /// <value>Default 1 000.</value>
    public int MaxColumns { get; init; } = 1_000;

    /// <summary>Rows times columns: a column takes memory for all rows even when one row names it.</summary>
    /// <value>Default 10 000 000, about 130 MB.</value>
    public long MaxCells { get; init; } = 10_000_000;

    /// <summary>UTF-8 bytes of one text.</summary>
    /// <value>Default 65 536.</value>
    public int MaxCellBytes { get; init; } = 65_536;

    /// <summary>Characters (UTF-16 code units) of a column's name.</summary>
    /// <value>Default 256.</value>
    public int MaxNameLength { get; init; } = 256;

    /// <summary>Characters (UTF-16 code units) of a prediction id or batch id.</summary>
    /// <value>Default 200.</value>
    public int MaxIdLength { get; init; } = 200;

    /// <summary>Levels of arrays and objects inside one cell; a plain vector has one.</summary>
    /// <value>Default 8.</value>
    public int MaxDepth { get; init; } = 8;

    /// <summary>Numbers of one vector.</summary>
    /// <value>Default 8 192.</value>
    public int MaxVectorLength { get; init; } = 8_192;
}
