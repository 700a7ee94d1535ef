using System.Text.Json;
using Drift.Actors;
using Orleans.Serialization.Cloning;

namespace Drift.Grains.Serialization;

/// <summary>
/// An <see cref="IngestBatch"/> on its way to another silo: the one argument that every row pays for, so its bytes travel as they are and
/// not as text. Members are added with the next number, and only optional ones.
/// </summary>
[GenerateSerializer]
[Alias("drift.ingest-batch")]
internal struct IngestBatchSurrogate
{
    [Id(0)]
    public string[] BatchIds;

    [Id(1)]
    public int Rows;

    [Id(2)]
    public byte[]? Delta;

    [Id(3)]
    public byte[]? Raw;

    /// <summary>The rows with an id as JSON, null when there are none: few batches have them, and they gain members.</summary>
    [Id(4)]
    public byte[]? Predictions;
}

[RegisterConverter]
internal sealed class IngestBatchConverter : IConverter<IngestBatch, IngestBatchSurrogate>
{
    public IngestBatch ConvertFromSurrogate(in IngestBatchSurrogate surrogate) => new()
    {
        BatchIds = surrogate.BatchIds,
        Rows = surrogate.Rows,
        Delta = surrogate.Delta,
        Raw = surrogate.Raw,
        Predictions = surrogate.Predictions is { } predictions ? JsonSerializer.Deserialize<PredictionRecord[]>(predictions, DriftContracts.Json)! : [],
    };

    public IngestBatchSurrogate ConvertToSurrogate(in IngestBatch value) => new()
    {
        BatchIds = [.. value.BatchIds],
        Rows = value.Rows,
        Delta = value.Delta,
        Raw = value.Raw,
        Predictions = value.Predictions.Count > 0 ? JsonSerializer.SerializeToUtf8Bytes(value.Predictions, DriftContracts.Json) : null,
    };
}

/// <summary>Within a silo a batch is handed over: it is immutable.</summary>
[RegisterCopier]
internal sealed class IngestBatchCopier : IDeepCopier<IngestBatch>
{
    public IngestBatch? DeepCopy(IngestBatch? input, CopyContext context) => input;
}
