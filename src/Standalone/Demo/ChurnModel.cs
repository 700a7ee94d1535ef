using Drift.Core.Plans;
using Drift.Core.Settings;

namespace Drift.Standalone.Demo;

/// <summary>Customers who may leave. Never drifts: a monitor that alarms here is wrong.</summary>
internal sealed class ChurnModel(string name, int seed) : DemoModel(name, seed)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> DriftingColumns => [];

    /// <inheritdoc/>
    public override string? Describe(double drift) => null;

    private protected override ModelSettings Describe() => new()
    {
        Task = ModelTask.Binary,
        Positive = "leaves",
        Features = Types(
            ("tenure_months", ColumnType.Numeric),
            ("monthly_charge", ColumnType.Numeric),
            ("support_calls", ColumnType.Numeric),
            ("contract", ColumnType.Categorical)),
    };

    private protected override void AddRow(double drift)
    {
        var tenure = Math.Min(72, Exponential(28));
        var calls = (int)Math.Min(9, Exponential(1.4));
        var contract = Pick(("monthly", 0.5), ("yearly", 0.3), ("two_years", 0.2));
        Number("tenure_months", Math.Round(tenure, 1));
        Number("monthly_charge", Math.Round(65 + (22 * Normal()), 2));
        Number("support_calls", calls);
        Text("contract", contract);
        var score = Sigmoid(-3.5 + (contract == "monthly" ? 1 : 0) + (0.5 * calls) - (0.02 * tenure) + (1.8 * Normal()));
        Output(score, score >= 0.5 ? "leaves" : "stays", Chance(score) ? "leaves" : "stays");
    }
}
