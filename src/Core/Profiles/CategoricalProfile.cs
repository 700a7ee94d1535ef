using Drift.Core.Codec;
using Drift.Core.Plans;
using Drift.Core.Rows;

namespace Drift.Core.Profiles;

/// <summary>Counts of a categorical column: per named category, other, unseen.</summary>
public sealed class CategoricalProfile : ColumnProfile
{
    private readonly long[] _counts;

    // Only of profiles that rows are counted into; those that are merged from deltas never need it.
    private (long Bits, int Code)[]? _remembered;

    internal CategoricalProfile(CategoricalColumnPlan plan)
    {
        Plan = plan;
        _counts = new long[plan.Bins];
    }

    /// <summary>The plan that the values are counted under.</summary>
    public CategoricalColumnPlan Plan { get; }

    /// <summary>Values per code: the named categories, then other, then unseen.</summary>
    public ReadOnlySpan<long> Counts => _counts;

    /// <summary>Values that the reference never had.</summary>
    public long Unseen => _counts[Plan.Unseen];

    /// <inheritdoc/>
    public override long Values => Total(_counts);

    internal override void Add(RowBatch batch, Cells? cells, ReadOnlySpan<int> rows, bool consecutive)
    {
        if (cells is null)
        {
            CountMissing(Plan, rows.Length);
            return;
        }

        // A batch numbers its texts, so the dictionary is asked once per distinct text. Numbers are formatted to be looked up; a few
        // values (classes, levels) make up most such columns, so their codes are remembered.
        Span<byte> buffer = stackalloc byte[Cells.CategoryBuffer];
        var codes = System.Buffers.ArrayPool<int>.Shared.Rent(Math.Max(1, batch.Texts.Count));
        codes.AsSpan(0, batch.Texts.Count).Fill(-1);
        try
        {
            foreach (var row in rows)
            {
                switch (cells.Tag(row))
                {
                    case CellTag.Text:
                        ref var code = ref codes[cells.Text(row)];
                        if (code < 0)
                            code = Plan.CodeOf(batch.Texts[cells.Text(row)]);
                        _counts[code]++;
                        break;
                    case CellTag.Missing:
                        CountMissing(Plan, 1);
                        break;
                    case CellTag.Number when !double.IsFinite(cells.Number(row)):
                        NonFinite++;
                        break;
                    case CellTag.Number when cells.Text(row) < 0:
                        ref var remembered = ref Remembered(cells.Number(row));
                        if (remembered.Code < 0 || remembered.Bits != BitConverter.DoubleToInt64Bits(cells.Number(row)))
                        {
                            cells.TryGetCategory(row, batch.Texts, buffer, out var number);
                            remembered = (BitConverter.DoubleToInt64Bits(cells.Number(row)), Plan.CodeOf(number));
                        }

                        _counts[remembered.Code]++;
                        break;
                    case CellTag.Number or CellTag.Boolean:
                        cells.TryGetCategory(row, batch.Texts, buffer, out var category);
                        _counts[Plan.CodeOf(category)]++;
                        break;
                    default:
                        Mismatched++;
                        break;
                }
            }
        }
        finally
        {
            System.Buffers.ArrayPool<int>.Shared.Return(codes);
        }
    }

    internal override void Merge(ColumnProfile other)
    {
        base.Merge(other);
        AddTo(_counts, ((CategoricalProfile)other)._counts);
    }

    /// <summary>Where the code of a number is remembered, if it is; every number has one place, which it shares with others.</summary>
    private ref (long Bits, int Code) Remembered(double value)
    {
        if (_remembered is null)
        {
            _remembered = new (long, int)[64];
            _remembered.AsSpan().Fill((0, -1));
        }

        var hash = unchecked((ulong)BitConverter.DoubleToInt64Bits(value) * 0x9E3779B97F4A7C15);
        return ref _remembered[(int)(hash >> 58)];
    }

    internal override void Clear()
    {
        base.Clear();
        Array.Clear(_counts);
    }

    internal override void Write(ByteWriter writer)
    {
        base.Write(writer);
        WriteSparse(writer, _counts);
    }

    internal override void Read(ref ByteReader reader)
    {
        base.Read(ref reader);
        ReadSparse(ref reader, _counts, $"profile of column '{Plan.Name}'");
    }
}
