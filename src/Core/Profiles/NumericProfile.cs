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

    internal override void Add(RowBatch batch, Cells? cells, ReadOnlySpan<int> rows, bool consecutive)
    {
        if (cells is null)
        {
            CountMissing(Plan, rows.Length);
            return;
        }

        if (Plan.Measure == Measure.Value)
        {
            AddValues(cells, rows, consecutive);
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

    internal void Add(double value) => Add([value]);

    // Most columns of most batches are numbers without a gap, and are counted where they lie; others are gathered first.
    private void AddValues(Cells cells, ReadOnlySpan<int> rows, bool consecutive)
    {
        if (consecutive && cells.TryGetNumbers(rows[0], rows.Length, out var numbers))
        {
            Add(numbers);
            return;
        }

        Span<double> values = stackalloc double[128];
        var count = 0;
        foreach (var row in rows)
        {
            switch (cells.Tag(row))
            {
                case CellTag.Number or CellTag.Boolean:
                    values[count++] = cells.Number(row);
                    if (count == values.Length)
                    {
                        Add(values);
                        count = 0;
                    }

                    break;
                case CellTag.Missing:
                    CountMissing(Plan, 1);
                    break;
                default:
                    Mismatched++;
                    break;
            }
        }

        Add(values[..count]);
    }

    /// <summary>
    /// Counts values: the innermost loop of ingestion, a few nanoseconds a value. What the plan says is held in locals, and
    /// arithmetic is unchecked: counts grow by one, sums saturate, and a square is at most 2⁷² (see <see cref="NumericScale.Reach"/>).
    /// </summary>
    private void Add(ReadOnlySpan<double> values)
    {
        unchecked
        {
            var plan = Plan;
            var index = plan.Index;
            var scale = plan.Scale;
            double center = scale.Center, spread = scale.Spread;
            double minimum = Minimum, maximum = Maximum;

            // Values inside both the range and the fences need no closer look; without a reference there is neither.
            var lowest = scale.Count == 0 ? double.NegativeInfinity : Math.Max(scale.Minimum, scale.LowFence);
            var highest = scale.Count == 0 ? double.PositiveInfinity : Math.Min(scale.Maximum, scale.HighFence);
            var counts = _counts;
            var sums = _sums;
            ulong squaresLow = 0, squaresHigh = 0;
            foreach (var given in values)
            {
                if (!double.IsFinite(given))
                {
                    NonFinite++;
                    continue;
                }

                // −0 and 0 are one value; kept apart, which of them is the minimum would depend on the order of rows and merges.
                var value = given + 0.0;
                var deviation = NumericScale.UnitsOf(value, center, spread);
                var bin = index.BinOf(value);
                counts[bin]++;
                sums[bin] = Saturate(sums[bin], deviation);
                var magnitude = (ulong)Math.Abs(deviation);
                squaresHigh += Math.BigMul(magnitude, magnitude, out var low);
                squaresLow += low;
                squaresHigh += squaresLow < low ? 1UL : 0UL;
                if (value < minimum)
                    minimum = value;
                if (value > maximum)
                    maximum = value;
                if (value < lowest || value > highest)
                    CountFarOut(value, scale);
            }

            Minimum = minimum;
            Maximum = maximum;
            _squares += (Int128)new UInt128(squaresHigh, squaresLow);
        }
    }

    private void CountFarOut(double value, in NumericScale scale)
    {
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
