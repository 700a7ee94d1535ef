using Drift.Core.Detection;

namespace Drift.Simulation;

/// <summary>How often a known change of one column, beside unchanged ones, is found.</summary>
/// <param name="Name">The change.</param>
/// <param name="Rows">Rows of a window.</param>
/// <param name="Windows">Windows evaluated.</param>
/// <param name="Drifted">Windows in which the defaults call the changed column drifted: past a threshold and significant.</param>
/// <param name="Significant">Windows in which the changed column's q-value is below α, thresholds aside.</param>
/// <param name="Psi">Mean PSI of the changed column, or mean MMD of an embedding.</param>
public sealed record Power(string Name, int Rows, int Windows, int Drifted, int Significant, double Psi)
{
    private const int Quiet = 9;

    /// <summary>The changes: (name, before, after), column x of each; nine unchanged normal columns stand beside it.</summary>
    public static IReadOnlyList<(string Name, ColumnModel Before, ColumnModel After)> Changes { get; } =
    [
        ("mean +0.1 σ", Normal(0, 1), Normal(0.1, 1)),
        ("mean +0.25 σ", Normal(0, 1), Normal(0.25, 1)),
        ("mean +0.5 σ", Normal(0, 1), Normal(0.5, 1)),
        ("scale × 1.25", Normal(0, 1), Normal(0, 1.25)),
        ("scale × 1.5", Normal(0, 1), Normal(0, 1.5)),
        ("swap of a 30 % and a 15 % category", ColumnModel.Categorical("x", [0.5, 0.3, 0.15, 0.05]), ColumnModel.Categorical("x", [0.5, 0.15, 0.3, 0.05])),
        ("5 % of a new category", ColumnModel.Categorical("x", [0.5, 0.3, 0.2, 0]), ColumnModel.Categorical("x", [0.5, 0.3, 0.15, 0.05])),
        ("1 000 flat categories, all replaced", ColumnModel.Categorical("x", ColumnModel.Flat(1000)), ColumnModel.Categorical("x", ColumnModel.Flat(1000), prefix: "d")),
        ("missing 1 % → 5 %", Missing(0.01), Missing(0.05)),
        ("missing 1 % → 10 %", Missing(0.01), Missing(0.1)),
        ("zeros 90 % → 80 %", Zeros(0.9), Zeros(0.8)),
        ("text 9 → 12 words", ColumnModel.Text("x", 8), ColumnModel.Text("x", 11)),
        ("embedding, 16 axes, one +0.5 σ", ColumnModel.Embedding("x", 16), ColumnModel.Embedding("x", 16, 0.5)),
        ("embedding, 16 axes, one +2 σ", ColumnModel.Embedding("x", 16), ColumnModel.Embedding("x", 16, 2)),
    ];

    /// <summary>Runs one change.</summary>
    public static Power Run((string Name, ColumnModel Before, ColumnModel After) change, int rows, int references, int windowsEach, ulong seed)
    {
        var random = new SplitMix(seed);
        var quiet = Enumerable.Range(0, Quiet).Select(i => ColumnModel.Numeric($"quiet{i}", r => r.Normal())).ToArray();
        var before = new Table([change.Before, .. quiet]);
        var after = new Table([change.After, .. quiet]);
        int drifted = 0, significant = 0, windows = 0;
        var sum = 0.0;
        for (var i = 0; i < references; i++)
        {
            var reference = before.Reference(FalseAlarms.ReferenceRows, random);
            for (var j = 0; j < windowsEach; j++)
            {
                var verdict = DriftEvaluator.Evaluate(
                    reference, after.Window(reference.Plan, rows, random), DetectionSettings.Default, DateTimeOffset.UnixEpoch);
                // A text is three columns and an embedding two.
                var changed = verdict.Features.Where(f => f.Name == "x" || f.Name.StartsWith("x.", StringComparison.Ordinal)).ToArray();
                windows++;
                drifted += changed.Any(c => c.Drifted) ? 1 : 0;
                significant += changed.Any(c => c.QValue < DetectionSettings.Default.Alpha) ? 1 : 0;
                sum += changed.Max(c => c.Mmd ?? (change.Before.Type == Core.Plans.ColumnType.Embedding ? 0 : c.Psi ?? 0));
            }
        }

        return new Power(change.Name, rows, windows, drifted, significant, sum / windows);
    }

    private static ColumnModel Normal(double mean, double sigma) => ColumnModel.Numeric("x", r => mean + (sigma * r.Normal()));

    private static ColumnModel Missing(double share) => ColumnModel.Numeric("x", r => r.Uniform() < share ? double.NaN : r.Normal());

    private static ColumnModel Zeros(double share) => ColumnModel.Numeric("x", r => r.Uniform() < share ? 0 : Math.Exp(r.Normal()));
}
