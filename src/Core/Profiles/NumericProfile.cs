using Drift.Core.Codec;
using Drift.Core.Plans;
using Drift.Core.Rows;

namespace Drift.Core.Profiles;

/// <summary>
/// Counts of a numeric column: per fine bin the number of values and the sum of their deviations from the reference's centre (in
/// fixed point, <see cref="NumericScale.ToFixed"/>), values outside the reference's range and fences, minimum and maximum.
/// </summary>
public sealed class NumericProfile : ColumnProfile
{
    private readonly long[] _counts;
    private readonly long[] _sums;
    private Int128 _squares;

    internal NumericProfile(NumericColumnPlan plan)
    {
        Plan = plan;
        _counts = new long[plan.Bins];
        _sums = new long[plan.Bins];
        Clear();
    }

    /// <summary>The plan that the values are counted under.</summary>
    public NumericColumnPlan Plan { get; }

    /// <summary>Values per fine bin.</summary>
    public ReadOnlySpan<long> Counts => _counts;

    /// <summary>Sum of <see cref="NumericScale.ToFixed"/> per fine bin.</summary>
    public ReadOnlySpan<long> Sums => _sums;

    /// <inheritdoc/>
    public override long Values => Total(_counts);

    /// <summary>Values below the reference's minimum.</summary>
    public long BelowRange { get; private set; }

    /// <summary>Values above the reference's maximum.</summary>
    public long AboveRange { get; private set; }

    /// <summary>Values outside Q1 − 3·IQR … Q3 + 3·IQR of the reference.</summary>
    public long Outliers { get; private set; }

    /// <summary>Smallest value, +∞ without any.</summary>
    public double Minimum { get; private set; }

    /// <summary>Largest value, −∞ without any.</summary>
    public double Maximum { get; private set; }

    /// <summary>Mean of the values, to 2⁻²⁰ of the reference's standard deviation; values beyond 65 536 of them count at that distance. 0 without any.</summary>
    public double Mean => Values == 0 ? 0 : Plan.Scale.Center + Plan.Scale.FromFixed((double)Sum / Values);

    /// <summary>Standard deviation with divisor n; 0 without values.</summary>
    public double StandardDeviation
    {
        get
        {
            var count = Values;
            if (count == 0)
                return 0;
            // n·Σd² − (Σd)² in exact integers; only the root and the scale round.
            var variance = (((double)_squares) / count) - Math.Pow((double)Sum / count, 2);
            return Plan.Scale.FromFixed(Math.Sqrt(Math.Max(0, variance)));
        }
    }

    private Int128 Sum
    {
        get
        {
            Int128 sum = 0;
            foreach (var part in _sums)
                sum += part;
            return sum;
        }
    }

    internal override void Add(RowBatch batch, Cells? cells, ReadOnlySpan<int> rows)
    {
        if (cells is null)
        {
            CountMissing(Plan, rows.Length);
            return;
        }

        foreach (var row in rows)
        {
            if (Measures.TryMeasure(cells, row, batch.Texts, Plan.Measure, out var value))
                Add(value);
            else if (cells.Tag(row) == CellTag.Missing)
                CountMissing(Plan, 1);
            else
                Mismatched++;
        }
    }

    internal void Add(double value)
    {
        if (!double.IsFinite(value))
        {
            NonFinite++;
            return;
        }

        // −0 and 0 are one value; kept apart, which of them is the minimum would depend on the order of rows and merges.
        if (value == 0)
            value = 0;
        var scale = Plan.Scale;
        var bin = Plan.BinOf(value);
        var deviation = scale.ToFixed(value);
        _counts[bin]++;
        _sums[bin] = Saturate(_sums[bin], deviation);
        _squares += (Int128)deviation * deviation;
        if (value < Minimum)
            Minimum = value;
        if (value > Maximum)
            Maximum = value;
        if (scale.Count == 0)
            return;
        if (value < scale.Minimum)
            BelowRange++;
        else if (value > scale.Maximum)
            AboveRange++;
        if (value < scale.LowFence || value > scale.HighFence)
            Outliers++;
    }

    internal override void Merge(ColumnProfile other)
    {
        base.Merge(other);
        var numeric = (NumericProfile)other;
        AddTo(_counts, numeric._counts);
        for (var i = 0; i < _sums.Length; i++)
            _sums[i] = Saturate(_sums[i], numeric._sums[i]);
        _squares += numeric._squares;
        BelowRange += numeric.BelowRange;
        AboveRange += numeric.AboveRange;
        Outliers += numeric.Outliers;
        Minimum = Math.Min(Minimum, numeric.Minimum);
        Maximum = Math.Max(Maximum, numeric.Maximum);
    }

    internal override void Clear()
    {
        base.Clear();
        Array.Clear(_counts);
        Array.Clear(_sums);
        _squares = 0;
        BelowRange = AboveRange = Outliers = 0;
        Minimum = double.PositiveInfinity;
        Maximum = double.NegativeInfinity;
    }

    internal override void Write(ByteWriter writer)
    {
        base.Write(writer);
        WriteSparse(writer, _counts);
        if (Values == 0)
            return;
        for (var i = 0; i < _counts.Length; i++)
        {
            if (_counts[i] != 0)
                writer.WriteSigned(_sums[i]);
        }

        writer.WriteInt128(_squares);
        writer.WriteCount(BelowRange);
        writer.WriteCount(AboveRange);
        writer.WriteCount(Outliers);
        writer.WriteDouble(Minimum);
        writer.WriteDouble(Maximum);
    }

    internal override void Read(ref ByteReader reader)
    {
        Clear();
        base.Read(ref reader);
        var what = $"profile of column '{Plan.Name}'";
        ReadSparse(ref reader, _counts, what);
        if (_counts.AsSpan().IndexOfAnyExcept(0) < 0)
            return;
        for (var i = 0; i < _counts.Length; i++)
        {
            if (_counts[i] != 0)
                _sums[i] = reader.ReadSigned();
        }

        _squares = reader.ReadInt128();
        BelowRange = ReadTally(ref reader);
        AboveRange = ReadTally(ref reader);
        Outliers = ReadTally(ref reader);
        Minimum = reader.ReadFinite();
        Maximum = reader.ReadFinite();
        if (Int128.IsNegative(_squares) || _squares > Int128.MaxValue >> 6 || Minimum > Maximum)
            throw new CodecException($"{what}: squares {_squares}, minimum {Minimum} and maximum {Maximum} fit no values.");
    }
}
