using Drift.Core.Plans;
using Drift.Simulation;

namespace Drift.Core.Tests.Plans;

/// <summary>The grids must give exactly what the binary search gives, for every kind of edges and at the edges themselves.</summary>
public sealed class EdgeIndexTests
{
    public static TheoryData<string> Kinds() =>
        ["uniform", "normal", "lognormal", "six orders", "zero-inflated", "two clusters", "around zero", "neighbours", "huge", "subnormal", "one", "none"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void BinOf_equals_the_binary_search(string kind)
    {
        var random = new SplitMix(5);
        var edges = Edges(kind, random);
        var index = new EdgeIndex(edges);

        foreach (var value in Values(edges, random))
            Assert.Equal(EdgeIndex.UpperBound(edges, value), index.BinOf(value));
    }

    private static double[] Edges(string kind, SplitMix random)
    {
        Func<double> draw = kind switch
        {
            "uniform" => random.Uniform,
            "normal" => random.Normal,
            "lognormal" => () => Math.Exp(random.Normal()),
            "six orders" => () => Math.Exp(3 * random.Normal()),
            "zero-inflated" => () => random.Uniform() < 0.5 ? 0 : Math.Exp(3 * random.Normal()),
            "two clusters" => () => (random.Uniform() < 0.5 ? -1e9 : 1e9) + random.Normal(),
            "around zero" => () => (random.Uniform() < 0.5 ? -1 : 1) * Math.Exp(20 * random.Normal()),
            "neighbours" => () => 1 + (Math.Round(random.Uniform() * 200) * double.Epsilon * Math.Pow(2, 1022)),
            "huge" => () => random.Normal() * 8e307,
            "subnormal" => () => random.Uniform() * 1e-310,
            _ => () => 0,
        };
        var count = kind switch { "one" => 1, "none" => 0, _ => 100 };
        return [.. Enumerable.Range(0, count).Select(_ => draw()).Where(double.IsFinite).Distinct().Order()];
    }

    private static IEnumerable<double> Values(double[] edges, SplitMix random)
    {
        foreach (var value in (double[])[0.0, -0.0, 1, -1, double.MaxValue, double.MinValue, double.Epsilon, double.PositiveInfinity, double.NegativeInfinity])
            yield return value;
        for (var i = 0; i < edges.Length; i++)
        {
            yield return edges[i];
            yield return Math.BitDecrement(edges[i]);
            yield return Math.BitIncrement(edges[i]);
            for (var j = 0; i > 0 && j < 5; j++)
                yield return edges[i - 1] + ((edges[i] - edges[i - 1]) * random.Uniform());
        }
    }
}
