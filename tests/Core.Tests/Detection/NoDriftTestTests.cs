using Drift.Core.Detection;
using Drift.Core.Plans;
using Drift.Core.Statistics;
using Drift.Core.Tests.Statistics;
using static Drift.Core.Tests.Detection.Rows;

namespace Drift.Core.Tests.Detection;

public sealed class NoDriftTestTests
{
    private static readonly ColumnPlan Numeric = Reference(Of(("x", Ramp(100)))).Plan.Columns[0];

    [Fact]
    public void Well_filled_bins_are_compared_as_they_are()
    {
        long[] reference = [500, 500, 500], current = [90, 110, 130];

        Near.Relative(
            PsiNoise.PValue(Psi.Compute(reference, current, Smoothing.Jeffreys), 3, 1500, 330), NoDriftTest.PValue(Numeric, reference, current), 1e-12);
    }

    [Fact]
    public void Bins_with_few_expected_rows_are_one()
    {
        // n = m: a bin needs 10 rows on both sides together. 8 + 4 stands alone; 5 + 2, 4 + 5 and 3 + 4 are pooled and stand as well.
        Near.Relative(
            ChiSquare.Contingency([500, 480, 8, 12], [490, 495, 4, 11], 0).PValue,
            NoDriftTest.PValue(Numeric, [500, 480, 5, 4, 3, 8], [490, 495, 2, 5, 4, 4]),
            1e-12);
    }

    [Fact]
    public void A_pool_that_is_still_too_small_joins_the_smallest_other_bin() =>
        Near.Relative(
            ChiSquare.Contingency([500, 480, 20], [490, 495, 15], 0).PValue,
            NoDriftTest.PValue(Numeric, [500, 480, 18, 2, 0], [490, 495, 14, 0, 1]),
            1e-12);

    [Theory]
    [InlineData(new long[] { 0, 0 }, new long[] { 5, 5 })]
    [InlineData(new long[] { 5, 5 }, new long[] { 0, 0 })]
    [InlineData(new long[] { 1000, 0 }, new long[] { 1000, 0 })]
    [InlineData(new long[] { 3, 2 }, new long[] { 2, 3 })]
    public void Nothing_to_compare_is_no_evidence(long[] reference, long[] current) =>
        Assert.Equal(1, NoDriftTest.PValue(Numeric, reference, current));

    [Fact]
    public void Unseen_values_are_expected_as_often_as_reference_values_that_occur_once()
    {
        // 100 of 1 000 reference rows have a value of their own: 10 % of the window may be new.
        var reference = Reference(Of(("x", [.. Repeat(("a", 900)), .. Enumerable.Range(0, 100).Select(i => (object?)$"only{i}")])));

        Assert.True(PValue(100) > 0.5);
        Assert.True(PValue(110) > 0.05);
        Assert.True(PValue(200) < 1e-6);

        double PValue(int unseen) => DriftEvaluator.Evaluate(
            reference,
            Window(reference.Plan, Of(("x", [.. Repeat(("a", 1000 - unseen)), .. Enumerable.Range(0, unseen).Select(i => (object?)$"new{i}")]))),
            DetectionSettings.Default,
            default).Features[0].PValue!.Value;
    }

    [Fact]
    public void Identifiers_do_not_drift_and_replaced_values_do()
    {
        var identifiers = Reference(Of(("x", Identifiers(0, 3000, 3000))));
        var shared = Reference(Of(("x", Identifiers(0, 3000, 600))));

        Assert.Equal(1, PValue(identifiers, Identifiers(5000, 1000, 1000)));
        Assert.True(PValue(shared, Identifiers(0, 1200, 600)) > 0.01);
        Assert.True(PValue(shared, Identifiers(5000, 1200, 600)) < 1e-12);

        static object?[] Identifiers(int first, int count, int distinct) => [.. Enumerable.Range(0, count).Select(i => (object?)$"id{first + (i % distinct)}")];

        static double PValue(Drift.Core.Profiles.Profile reference, object?[] values) => DriftEvaluator.Evaluate(
            reference, Window(reference.Plan, Of(("x", values))), DetectionSettings.Default, default).Features[0].PValue!.Value;
    }
}
