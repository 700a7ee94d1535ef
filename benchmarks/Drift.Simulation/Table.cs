using Drift.Core.Plans;
using Drift.Core.Profiles;
using Drift.Core.Rows;
using Drift.Core.Settings;

namespace Drift.Simulation;

/// <summary>A simulated table: draws rows, fixes plans, counts profiles — all through Core's own path.</summary>
public sealed class Table(params ColumnModel[] columns)
{
    private readonly RowBatch _batch = new();

    /// <summary>
    /// The columns of the no-drift experiment: normal, skewed, zero-inflated, few values, ties, rare values, missing values; categories
    /// from 2 to 1 000, long-tailed, flat, and all different.
    /// </summary>
    public static Table NoDrift() => new(
        ColumnModel.Numeric("normal", r => r.Normal()),
        ColumnModel.Numeric("normal_missing", r => r.Uniform() < 0.05 ? double.NaN : r.Normal()),
        ColumnModel.Numeric("lognormal", r => Math.Exp(r.Normal())),
        ColumnModel.Numeric("pareto", r => Math.Pow(1 - r.Uniform(), -1 / 1.5)),
        ColumnModel.Numeric("uniform", r => r.Uniform()),
        ColumnModel.Numeric("censored", r => Math.Min(r.Exponential(), 1)),
        ColumnModel.Numeric("zero_inflated", r => r.Uniform() < 0.9 ? 0 : Math.Exp(r.Normal())),
        ColumnModel.Numeric("rare_flag", r => r.Uniform() < 0.005 ? 1 : 0),
        ColumnModel.Numeric("few_values", r => r.Poisson(2)),
        ColumnModel.Numeric("ties", r => Math.Round(r.Normal() * 8)),
        ColumnModel.Categorical("cat_2", [0.9, 0.1]),
        ColumnModel.Categorical("cat_5", [0.5, 0.3, 0.15, 0.04, 0.01]),
        ColumnModel.Categorical("cat_5_missing", [0.5, 0.3, 0.15, 0.04, 0.01], missing: 0.2),
        ColumnModel.Categorical("cat_40", ColumnModel.Zipf(40)),
        ColumnModel.Categorical("cat_40_one_big", ColumnModel.OneBig(40, 0.9)),
        ColumnModel.Categorical("cat_150_mostly_missing", ColumnModel.Zipf(150), missing: 0.77),
        ColumnModel.Categorical("cat_256", ColumnModel.Zipf(256)),
        ColumnModel.Categorical("cat_1000_long_tail", ColumnModel.Zipf(1000)),
        ColumnModel.Categorical("cat_1000_flat", ColumnModel.Flat(1000)),
        ColumnModel.Categorical("cat_identifier", ColumnModel.Flat(1_000_000)),
        ColumnModel.Text("text"),
        ColumnModel.Embedding("embedding", 16));

    /// <summary>The plan that a reference of so many rows fixes, and the reference's profile.</summary>
    public Profile Reference(int rows, SplitMix random)
    {
        var settings = new ModelSettings { Features = columns.ToDictionary(c => c.Name, c => new FeatureSettings { Type = c.Type }) };
        Fill(rows, random);
        return Count(PlanBuilder.Build(1, _batch, settings));
    }

    /// <summary>The profile of a window of so many rows.</summary>
    public Profile Window(Plan plan, int rows, SplitMix random)
    {
        Fill(rows, random);
        return Count(plan);
    }

    private void Fill(int rows, SplitMix random)
    {
        _batch.Clear();
        var cells = columns.Select(c => _batch.Feature(c.Name)).ToArray();
        for (var row = 0; row < rows; row++)
        {
            _batch.AddRow();
            for (var i = 0; i < columns.Length; i++)
                columns[i].Draw(_batch, cells[i], row, random);
        }
    }

    private Profile Count(Plan plan)
    {
        var profile = new Profile(plan);
        profile.Add(_batch, [.. Enumerable.Range(0, _batch.Count)]);
        return profile;
    }
}
