using System.Globalization;
using Drift.Core.Plans;
using Drift.Core.Settings;

namespace Drift.Standalone.Demo;

/// <summary>
/// Payments that may be fraud. The drift is in the data: amounts grow and a merchant category turns up that the reference never had.
/// The score does not depend on either, so exactly these two columns drift.
/// </summary>
internal sealed class FraudModel(string name, int seed) : DemoModel(name, seed)
{
    private const double Shift = 1.5;
    private const double NewShare = 0.3;

    /// <inheritdoc/>
    public override IReadOnlyList<string> DriftingColumns => ["amount", "merchant"];

    /// <inheritdoc/>
    public override string Describe(double drift) => string.Create(
        CultureInfo.InvariantCulture, $"amount +{Shift * drift:0.0} σ, and {Percent(NewShare * drift)} of the merchants are 'crypto', a new category");

    private protected override ModelSettings Describe() => new()
    {
        Task = ModelTask.Binary,
        Positive = "fraud",
        Features = Types(
            ("amount", ColumnType.Numeric),
            ("merchant", ColumnType.Categorical),
            ("country", ColumnType.Categorical),
            ("hour", ColumnType.Numeric),
            ("account_age_days", ColumnType.Numeric)),
        Segments = ["country"],
    };

    private protected override void AddRow(double drift)
    {
        var hour = (int)Math.Clamp(14 + (4.5 * Normal()), 0, 23);
        var age = Exponential(700);
        // σ of the logarithm: amounts are log-normal, so their logarithm is what moves by whole σ.
        Number("amount", Math.Round(Math.Exp(3.5 + (0.8 * (Normal() + (Shift * drift)))), 2));
        Text("merchant", Chance(NewShare * drift)
            ? "crypto"
            : Pick(("grocery", 0.35), ("electronics", 0.2), ("fashion", 0.2), ("travel", 0.15), ("fuel", 0.1)));
        Text("country", Pick(("de", 0.4), ("fr", 0.3), ("uk", 0.2), ("us", 0.1)));
        Number("hour", hour);
        Number("account_age_days", Math.Round(age, 1));
        var score = Sigmoid(-3.2 + (age < 90 ? 2 : 0) + (hour is < 6 or > 22 ? 1.5 : 0) + (1.5 * Normal()));
        Output(score, score >= 0.5 ? "fraud" : "ok", Chance(score) ? "fraud" : "ok");
    }
}
