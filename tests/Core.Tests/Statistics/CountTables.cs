using FsCheck;
using FsCheck.Fluent;

namespace Drift.Core.Tests.Statistics;

/// <summary>Two sides over the same bins.</summary>
public sealed record CountTable(long[] Reference, long[] Current)
{
    public override string ToString() => $"[{string.Join(' ', Reference)}] / [{string.Join(' ', Current)}]";
}

/// <summary>Count tables that have broken drift tools, and a generator that mixes such counts.</summary>
internal static class CountTables
{
    private const long Huge = 1L << 53;

    public static readonly CountTable[] Adversarial =
    [
        new([], []),
        new([0], [0]),
        new([1], [1]),
        new([1], [0]),
        new([Huge], [1]),
        new([0, 0, 0], [0, 0, 0]),
        new([0, 0, 0], [1, 2, 3]),
        new([1, 2, 3], [0, 0, 0]),
        new([1, 0], [0, 1]),
        new([1, 0, 0, 0], [1, 0, 0, 0]),
        new([1, 0, 0, 0], [0, 0, 0, 1]),
        new([Huge, 0], [0, Huge]),
        new([Huge, 1], [1, Huge]),
        new([Huge, Huge, Huge, 1], [Huge, Huge, Huge, 0]),
        new([Huge, 0, 0], [1, 1, 1]),
        new([100, 100, 0], [100, 0, 100]),
        new([.. Enumerable.Repeat(Huge, 2000)], [.. Enumerable.Repeat(Huge, 2000)]),
        new([.. Enumerable.Repeat(0L, 300), 5], [5, .. Enumerable.Repeat(0L, 300)]),
    ];

    public static readonly Arbitrary<CountTable> Arbitrary = Arb.From(
        from bins in Gen.Choose(1, 40)
        from reference in Gen.ArrayOf(Count, bins)
        from current in Gen.ArrayOf(Count, bins)
        select new CountTable(reference, current));

    private static Gen<long> Count => Gen.Frequency(
        (3, Gen.Constant(0L)),
        (2, Gen.Constant(1L)),
        (6, Gen.Choose(0, 1000).Select(c => (long)c)),
        (2, Gen.Choose(0, int.MaxValue).Select(c => (long)c)),
        (1, Gen.Choose(0, 53).Select(e => 1L << e)));

    /// <summary>Checks a property on the adversarial tables and on a thousand generated ones.</summary>
    public static void Check(Action<CountTable> property)
    {
        foreach (var table in Adversarial)
        {
            property(table);
        }

        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(Arbitrary, property));
    }
}
