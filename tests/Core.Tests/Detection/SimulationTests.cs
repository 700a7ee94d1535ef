using Drift.Core.Detection;
using Drift.Simulation;

namespace Drift.Core.Tests.Detection;

/// <summary>The simulation of docs/statistics.md at a size that a test run can afford; the document holds the full tables.</summary>
public sealed class SimulationTests
{
    [Fact]
    public void Windows_without_drift_raise_at_most_one_alarm_in_a_hundred()
    {
        var run = FalseAlarms.Run(Table.NoDrift(), references: 40, windowsEach: 5, windowRows: 1_000, seed: 2026);

        Assert.Equal(200, run.Windows);
        Assert.InRange(run.Alarms, 0, run.Windows / 100);
        foreach (var (name, column) in run.Columns)
        {
            // 1 % is nominal; more than 10 in 200 has a probability of some 1e-5 per column.
            Assert.True(column.Below01 <= 10, $"{name}: p < 0.01 in {column.Below01} of {column.Windows} windows");
        }
    }

    [Fact]
    public void A_bare_PSI_rule_alarms_on_small_windows_without_drift_and_the_defaults_do_not()
    {
        var settings = DetectionSettings.Default with { MinRows = 50 };
        var run = FalseAlarms.Run(Table.NoDrift(), references: 20, windowsEach: 5, windowRows: 100, seed: 2027, settings);

        Assert.Equal(run.Windows, run.BarePsi);
        Assert.InRange(run.Alarms, 0, 2);
        Assert.InRange(run.Columns["normal"].BarePsi, run.Windows / 5, run.Windows);
    }

    public static TheoryData<string> LargeChanges() =>
    [
        "mean +0.5 σ", "scale × 1.5", "swap of a 30 % and a 15 % category", "5 % of a new category",
        "1 000 flat categories, all replaced", "missing 1 % → 10 %", "text 9 → 12 words", "embedding, 16 axes, one +2 σ",
    ];

    [Theory]
    [MemberData(nameof(LargeChanges))]
    public void A_large_change_is_found_in_every_window_of_1000_rows(string name)
    {
        var power = Power.Run(Power.Changes.Single(c => c.Name == name), 1_000, references: 2, windowsEach: 5, seed: 2028);

        Assert.Equal(power.Windows, power.Drifted);
        Assert.Equal(power.Windows, power.Significant);
    }

    [Fact]
    public void A_tenth_of_a_sigma_is_significant_in_most_windows_of_10000_rows()
    {
        var power = Power.Run(Power.Changes.Single(c => c.Name == "mean +0.1 σ"), 10_000, references: 6, windowsEach: 1, seed: 2029);

        Assert.InRange(power.Significant, 4, 6);
    }
}
