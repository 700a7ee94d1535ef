using Drift.Core.Codec;
using Drift.Core.Performance;
using Drift.Core.Plans;
using Drift.Core.Rows;

namespace Drift.Core.Profiles;

/// <summary>
/// Mergeable counts of a set of rows under one plan. Merging is exact: any order and grouping of merges gives bit-identical
/// counts. Not thread-safe.
/// </summary>
public sealed class Profile
{
    private readonly ColumnProfile[] _columns;

    /// <summary>Creates the profile of no rows.</summary>
    public Profile(Plan plan)
    {
        Plan = plan;
        _columns = [.. plan.Columns.Select(ColumnProfile.Create)];
        Performance = new PerformanceCounts(plan.Task);
    }

    /// <summary>The plan that the rows are counted under.</summary>
    public Plan Plan { get; }

    /// <summary>How many rows were counted.</summary>
    public long Rows { get; private set; }

    /// <summary>The columns, in the order of <see cref="Plan.Columns"/>.</summary>
    public IReadOnlyList<ColumnProfile> Columns => _columns;

    /// <summary>What labels say about the predictions.</summary>
    public PerformanceCounts Performance { get; private set; }

    /// <summary>How the rows were served; null while no row said anything of that.</summary>
    public ServingCounts? Serving { get; private set; }

    /// <summary>Counts the given rows of a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="rows">Which of its rows, in any order.</param>
    public void Add(RowBatch batch, ReadOnlySpan<int> rows)
    {
        var consecutive = AreConsecutive(rows);
        var place = 0;
        for (var i = 0; i < _columns.Length; i++)
            _columns[i].Add(batch, Plan.Columns[i].Find(batch, ref place), rows, consecutive);
        Performance.Add(batch, rows, Plan);
        if (batch.Serving.HasMeasures)
            (Serving ??= new ServingCounts()).Add(batch, rows);
        Rows += rows.Length;
    }

    /// <summary>Counts a label that came after its row: the label column and the performance, not the row again.</summary>
    /// <param name="pair">One row with what was predicted and the label that came.</param>
    public void AddLabel(RowBatch pair)
    {
        for (var i = 0; i < _columns.Length; i++)
        {
            if (Plan.Columns[i].Role == ColumnRole.Label)
                _columns[i].Add(pair, pair.Label, [0], consecutive: true);
        }

        Performance.AddLate(pair, [0], Plan);
    }

    /// <summary>Adds the counts of another profile of the same plan.</summary>
    /// <exception cref="ArgumentException">The other profile is of another plan.</exception>
    public void Merge(Profile other)
    {
        if (!ReferenceEquals(other.Plan, Plan) && (other.Plan.Version != Plan.Version || other._columns.Length != _columns.Length))
            throw new ArgumentException($"A profile of plan {other.Plan.Version} cannot merge into one of plan {Plan.Version}.", nameof(other));
        Rows += other.Rows;
        for (var i = 0; i < _columns.Length; i++)
            _columns[i].Merge(other._columns[i]);
        Performance.Merge(other.Performance);
        if (other.Serving is { IsEmpty: false } serving)
            (Serving ??= new ServingCounts()).Merge(serving);
    }

    /// <summary>Forgets the counts and keeps the memory.</summary>
    public void Clear()
    {
        Rows = 0;
        foreach (var column in _columns)
            column.Clear();
        Performance.Clear();
        Serving?.Clear();
    }

    /// <summary>
    /// Encodes the counts, without frame: the form that holds them (delta, snapshot) carries kind, version and checksum. How the rows were
    /// served is not among them, <see cref="WriteServing"/> writes that.
    /// </summary>
    public void Write(ByteWriter writer)
    {
        writer.WriteCount(Rows);
        foreach (var column in _columns)
            column.Write(writer);
        Performance.Write(writer);
    }

    /// <summary>Decodes counts that <see cref="Write"/> wrote under the same plan.</summary>
    /// <exception cref="CodecException">The bytes are damaged or of another plan.</exception>
    public static Profile Read(ref ByteReader reader, Plan plan)
    {
        var profile = new Profile(plan);
        profile.Load(ref reader);
        return profile;
    }

    /// <summary>Takes the counts that <see cref="Write"/> wrote under the same plan in place of its own.</summary>
    /// <exception cref="CodecException">The bytes are damaged or of another plan; the profile is not to be used then.</exception>
    internal void Load(ref ByteReader reader)
    {
        Rows = reader.ReadCount();
        foreach (var column in _columns)
            column.Read(ref reader);
        Performance = PerformanceCounts.Read(ref reader, Plan.Task);
    }

    /// <summary>Encodes how the rows were served; nothing when no row said anything of that and <paramref name="optional"/> is true.</summary>
    /// <param name="writer">Takes the bytes.</param>
    /// <param name="optional">Whether the form that holds them knows where they end, so that they may be left out.</param>
    internal void WriteServing(ByteWriter writer, bool optional)
    {
        var any = Serving is { IsEmpty: false };
        if (!optional)
            writer.WriteByte(any ? (byte)1 : (byte)0);
        if (any)
            Serving!.Write(writer);
    }

    /// <summary>Takes what <see cref="WriteServing"/> wrote in place of its own.</summary>
    /// <exception cref="CodecException">The bytes are damaged.</exception>
    internal void LoadServing(ref ByteReader reader, bool optional)
    {
        var any = optional ? reader.Remaining > 0 : reader.ReadInt(1) == 1;
        if (any)
            (Serving ??= new ServingCounts()).Read(ref reader);
        else
            Serving?.Clear();
    }

    private static bool AreConsecutive(ReadOnlySpan<int> rows)
    {
        if (rows.IsEmpty || rows[^1] - rows[0] != rows.Length - 1)
            return false;
        for (var i = 1; i < rows.Length; i++)
        {
            if (rows[i] != rows[0] + i)
                return false;
        }

        return true;
    }
}
