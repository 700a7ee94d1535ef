using Drift.Api.Rows;

namespace Drift.Api.Ingest;

/// <summary>Rows as they came over the wire, complete and decompressed: a body, or a part of a longer one.</summary>
/// <param name="Format">How they are written.</param>
/// <param name="Body">Their bytes; given back as soon as they are read.</param>
internal readonly record struct ReceivedRows(RowFormat Format, PooledBody Body)
{
    /// <summary>The roles of CSV columns; null for the default names.</summary>
    public CsvMapping? Mapping { get; init; }

    /// <summary>The batch id beside the rows; one within a JSON body must be the same.</summary>
    public string? BatchId { get; init; }

    /// <summary>Where in the whole body they begin.</summary>
    public RowOrigin Origin { get; init; }
}
