using Drift.Core.Plans;
using Drift.Core.Settings;

namespace Drift.Standalone.Demo;

/// <summary>
/// Flats and their prices. The drift is in the concept: the flats and the predictions stay as they were while the market rises, so
/// only the labels drift and the error grows.
/// </summary>
internal sealed class PriceModel(string name, int seed) : DemoModel(name, seed)
{
    private const double Rise = 0.4;

    /// <inheritdoc/>
    public override IReadOnlyList<string> DriftingColumns => ["label"];

    /// <inheritdoc/>
    public override string Describe(double drift) =>
        $"the market pays {Percent(Rise * drift)} more than the model believes; inputs and predictions stay, labels and error grow";

    private protected override ModelSettings Describe() => new()
    {
        Task = ModelTask.Regression,
        Features = Types(
            ("area_m2", ColumnType.Numeric),
            ("rooms", ColumnType.Numeric),
            ("built", ColumnType.Numeric),
            ("district", ColumnType.Categorical)),
    };

    private protected override void AddRow(double drift)
    {
        var area = Math.Clamp(78 + (24 * Normal()), 22, 180);
        var rooms = Math.Clamp((int)Math.Round((area / 27) + (0.6 * Normal())), 1, 7);
        var built = Whole(1900, 2024);
        var district = Pick(("north", 0.3), ("east", 0.3), ("south", 0.25), ("centre", 0.15));
        Number("area_m2", Math.Round(area, 1));
        Number("rooms", rooms);
        Number("built", built);
        Text("district", district);
        var price = area * (district switch { "centre" => 5.2, "south" => 4.1, "north" => 3.6, _ => 3.1 }) * (1 + (0.001 * (built - 1960)));
        Output(price, price * (1 + (Rise * drift)) * (1 + (0.07 * Normal())));
    }
}
