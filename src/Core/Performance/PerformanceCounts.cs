using Drift.Core.Codec;
using Drift.Core.Plans;
using Drift.Core.Rows;
using Drift.Core.Settings;

namespace Drift.Core.Performance;

/// <summary>Mergeable counts of predictions against labels. TODO.</summary>
public sealed class PerformanceCounts
{
    /// <summary>Creates empty counts.</summary>
    public PerformanceCounts(ModelTask task) => Task = task;

    /// <summary>The task.</summary>
    public ModelTask Task { get; }

    /// <summary>Rows with a prediction and a label.</summary>
    public long Labelled { get; private set; }

    /// <summary>Correct.</summary>
    public long Correct { get; private set; }

    /// <summary>Accuracy.</summary>
    public double? Accuracy => Labelled == 0 ? null : (double)Correct / Labelled;

    /// <summary>Adds rows.</summary>
    public void Add(RowBatch batch, ReadOnlySpan<int> rows, Plan plan) => Labelled += 0;

    /// <summary>Merges.</summary>
    public void Merge(PerformanceCounts other) => Labelled += other.Labelled;

    /// <summary>Encodes.</summary>
    public void Write(ByteWriter writer) => writer.WriteCount(Labelled);

    /// <summary>Decodes.</summary>
    public static PerformanceCounts Read(ref ByteReader reader, ModelTask task) => new(task) { Labelled = reader.ReadCount() };
}
