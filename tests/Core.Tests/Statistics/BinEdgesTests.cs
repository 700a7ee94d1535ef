using Drift.Core.Statistics;

namespace Drift.Core.Tests.Statistics;

public sealed class BinEdgesTests
{
    private static readonly double[][] References =
    [
        [1],
        [5, 5, 5],
        [0, 1],
        [0, 0, 0, 0, 0, 0, 0, 1, 2, 3],
        [-double.MaxValue, 0, double.MaxValue],
        [.. Enumerable.Range(0, 1000).Select(i => (double)i)],
        [.. Enumerable.Range(0, 1000).Select(i => i < 950 ? 0 : Math.Pow(1.3, i - 950))],
        [.. Enumerable.Range(0, 1000).Select(i => i == 0 ? -1e308 : i == 999 ? 1e308 : i / 7.0)],
        [.. Enumerable.Range(0, 1000).Select(i => 1.7e9 + (i * 1e-3))],
    ];

    public static TheoryData<int> All => [.. Enumerable.Range(0, References.Length)];

    [Theory]
    [MemberData(nameof(All))]
    public void Edges_ascend_strictly_and_leave_out_the_smallest_value(int index)
    {
        var reference = References[index];
        foreach (var edges in new[] { BinEdges.Coarse(reference), BinEdges.Fine(reference) })
        {
            Assert.Equal(edges.Distinct().Order(), edges);
            Assert.InRange(edges.Length, 0, 149);
            Assert.All(edges, e => Assert.True(double.IsFinite(e)));
            Assert.True(edges.Length == 0 || edges[0] > reference[0] || reference[0] == reference[^1]);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Every_coarse_edge_is_a_fine_edge(int index) =>
        Assert.Subset(BinEdges.Fine(References[index]).ToHashSet(), BinEdges.Coarse(References[index]).ToHashSet());

    [Fact]
    public void Few_distinct_values_get_a_bin_each() =>
        Assert.Equal([1, 3], BinEdges.Fine([0, 0, 0, 0, 0, 1, 1, 1, 1, 3, 3]));

    [Fact]
    public void A_decile_between_few_values_is_an_edge_too() =>
        Assert.Equal([0.5, 1], BinEdges.Fine([0, 1]).Where(e => e is 0.5 or 1));

    [Fact]
    public void A_constant_reference_gets_the_bins_below_at_and_above_it()
    {
        var edges = BinEdges.Fine([5, 5, 5]);
        Assert.Equal([1, 3, 2], Binned.Of([4, 5, 5, 5, 6, 7], edges).Counts);
        Assert.Empty(BinEdges.Coarse([5, 5, 5]));
    }

    [Fact]
    public void No_bin_inside_the_range_is_wider_than_a_fiftieth_of_it()
    {
        double[] reference = [.. Enumerable.Range(0, 1000).Select(i => i < 950 ? 0 : (double)i)];
        var edges = BinEdges.Fine(reference);
        double[] all = [reference[0], .. edges, reference[^1]];
        Assert.All(all.Zip(all.Skip(1), (a, b) => b - a), w => Assert.InRange(w, 0, 999 / 50.0 * (1 + 1e-12)));
    }
}
