using Drift.Core.Codec;
using Drift.Core.Plans;
using Drift.Core.Rows;

namespace Drift.Core.Profiles;

/// <summary>Counts of a categorical column: per named category, other, unseen.</summary>
public sealed class CategoricalProfile : ColumnProfile
{
    private readonly long[] _counts;

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

    internal override void Add(RowBatch batch, Cells? cells, ReadOnlySpan<int> rows)
    {
        if (cells is null)
        {
            CountMissing(Plan, rows.Length);
            return;
        }

        // A batch numbers its texts, so the dictionary is asked once per distinct text.
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
                            code = Plan.CodeOf(batch.Texts.GetString(cells.Text(row)));
                        _counts[code]++;
                        break;
                    case CellTag.Missing:
                        CountMissing(Plan, 1);
                        break;
                    case CellTag.Number when !double.IsFinite(cells.Number(row)):
                        NonFinite++;
                        break;
                    case CellTag.Number or CellTag.Boolean:
                        Add(cells.Category(row, batch.Texts)!);
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

    internal void Add(string value) => _counts[Plan.CodeOf(value)]++;

    internal override void Merge(ColumnProfile other)
    {
        base.Merge(other);
        AddTo(_counts, ((CategoricalProfile)other)._counts);
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
