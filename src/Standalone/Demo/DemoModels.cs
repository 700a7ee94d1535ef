using System.Globalization;

namespace Drift.Standalone.Demo;

/// <summary>The demo's models.</summary>
internal static class DemoModels
{
    /// <summary>So many models: fraud, churn, price, support, then fraud-2 and so on, each with random numbers of its own.</summary>
    public static IReadOnlyList<DemoModel> Create(int count, int seed) =>
        [.. Enumerable.Range(0, count).Select(i => ModelOf(i, unchecked((seed * 7919) + i)))];

    private static DemoModel ModelOf(int index, int seed)
    {
        var suffix = index < 4 ? "" : string.Create(CultureInfo.InvariantCulture, $"-{(index / 4) + 1}");
        return (index % 4) switch
        {
            0 => new FraudModel($"fraud{suffix}", seed),
            1 => new ChurnModel($"churn{suffix}", seed),
            2 => new PriceModel($"price{suffix}", seed),
            _ => new SupportModel($"support{suffix}", seed),
        };
    }
}
