using Drift.Core.Rows;

namespace Drift.Core.Tests.Rows;

public sealed class RowBatchTests
{
    [Fact]
    public void A_cleared_batch_has_only_the_columns_that_were_named_since_in_order_of_first_appearance()
    {
        var batch = new RowBatch();
        Fill(batch, ["a", "b", "c"]);
        Assert.Equal(["a", "b", "c"], batch.Features.Select(f => f.Name));

        batch.Clear();
        Assert.Empty(batch.Features);
        Assert.Null(batch.FindFeature("a"));
        Fill(batch, ["c", "x", "a"]);
        Assert.Equal(["c", "x", "a"], batch.Features.Select(f => f.Name));
        Assert.Null(batch.FindFeature("b"));
    }

    [Fact]
    public void A_cleared_batch_holds_nothing_of_the_rows_before()
    {
        var batch = new RowBatch();
        for (var row = 0; row < 3; row++)
        {
            batch.AddRow();
            batch.Feature("a").SetNumber(row, 7);
            batch.Feature("v").SetVector(row, [1, 2]);
            batch.Label.SetBoolean(row, true);
        }

        batch.Clear();
        for (var row = 0; row < 3; row++)
            batch.AddRow();
        Assert.Equal(-1, batch.Feature("a").LastRow);
        batch.Feature("a").SetNumber(2, 1);
        Assert.Equal([CellTag.Missing, CellTag.Missing, CellTag.Number], Enumerable.Range(0, 3).Select(batch.Feature("a").Tag));
        Assert.All(Enumerable.Range(0, 3), row => Assert.Equal(CellTag.Missing, batch.Feature("v").Tag(row)));
        Assert.All(Enumerable.Range(0, 3), row => Assert.Equal(CellTag.Missing, batch.Label.Tag(row)));
    }

    [Fact]
    public void A_batch_is_the_same_whatever_was_in_it_before()
    {
        var reused = new RowBatch();
        var random = new Random(4);
        for (var round = 0; round < 200; round++)
        {
            // Sometimes the columns of the round before, sometimes others, sometimes many.
            var names = Enumerable.Range(0, random.Next(10) == 0 ? 100 : random.Next(12)).Select(_ => $"f{random.Next(round % 3 == 0 ? 300 : 20)}").ToArray();
            var fresh = new RowBatch();
            reused.Clear();
            Fill(fresh, names);
            Fill(reused, names);
            Assert.Equal(RowBatchCodec.Encode(fresh), RowBatchCodec.Encode(reused));
        }
    }

    [Fact]
    public void Columns_that_no_batch_names_any_more_do_not_hold_memory()
    {
        var batch = new RowBatch();
        for (var row = 0; row < 1_000; row++)
        {
            batch.AddRow();
            for (var i = 0; i < 500; i++)
                batch.Feature($"wide {i}").SetNumber(row, i);
        }

        Assert.True(batch.RetainedBytes > 500 * 13_000);
        for (var round = 0; round < 3; round++)
        {
            batch.Clear();
            Fill(batch, ["narrow"]);
        }

        Assert.InRange(batch.RetainedBytes, 0, 50 * 13_000);
    }

    private static void Fill(RowBatch batch, string[] names)
    {
        foreach (var row in (int[])[batch.AddRow(), batch.AddRow()])
        {
            for (var i = 0; i < names.Length; i++)
                batch.Feature(names[i]).SetNumber(row, row + i);
        }
    }
}
