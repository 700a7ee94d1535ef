using System.Globalization;
using System.Text;
using Drift.Core.Plans;
using Drift.Core.Rows;
using Drift.Core.Settings;

namespace Drift.Standalone.Demo;

/// <summary>
/// A made-up model: rows of features, predictions and labels whose distribution is the reference's until drift is turned up.
/// Seeded: the same calls give the same rows. Not thread-safe.
/// </summary>
internal abstract class DemoModel
{
    /// <summary>
    /// Rows that a demo model's verdict needs. Twice the default of 500: a verdict then comes after 10 s at 100 rows/s, and at 1 000
    /// rows the noise of the JS distance (√(PSI noise / 8 ln 2) ≈ 0.05) stays so far below its threshold of 0.1 that a model
    /// without drift is quiet from the first verdict on.
    /// </summary>
    public const int MinRows = 1_000;

    private readonly Random _random;
    private RowBatch _batch = new();
    private int _row;

    private protected DemoModel(string name, int seed)
    {
        Name = name;
        _random = new Random(seed);
    }

    /// <summary>The model's name.</summary>
    public string Name { get; }

    /// <summary>What the server is told of the model.</summary>
    public ModelSettings Settings => Describe() with
    {
        Reference = new ReferenceSettings { Mode = ReferenceMode.Uploaded },
        Windows = ["1h", "24h"],
        MinRows = MinRows,
    };

    /// <summary>The verdict's columns that drift, by name; empty when none ever does.</summary>
    public abstract IReadOnlyList<string> DriftingColumns { get; }

    /// <summary>What is different at this strength of drift, as the end of a sentence; null for a model that never drifts.</summary>
    /// <param name="drift">0 to 1.</param>
    public abstract string? Describe(double drift);

    /// <summary>Adds rows to a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="drift">How strong the drift is: 0 like the reference, 1 in full.</param>
    public void AddRows(RowBatch batch, int count, double drift)
    {
        _batch = batch;
        for (var i = 0; i < count; i++)
        {
            _row = batch.AddRow();
            AddRow(drift);
        }
    }

    /// <summary>Task, classes and the features' types.</summary>
    private protected abstract ModelSettings Describe();

    /// <summary>Sets the cells of the next row.</summary>
    private protected abstract void AddRow(double drift);

    private protected static IReadOnlyDictionary<string, FeatureSettings> Types(params ReadOnlySpan<(string Name, ColumnType Type)> features)
    {
        var types = new Dictionary<string, FeatureSettings>(StringComparer.Ordinal);
        foreach (var (name, type) in features)
            types[name] = new FeatureSettings { Type = type };
        return types;
    }

    private protected static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private protected static string Percent(double share) => share.ToString("0 %", CultureInfo.InvariantCulture);

    private protected void Number(string feature, double value) => _batch.Feature(feature).SetNumber(_row, value);

    private protected void Text(string feature, string value) => _batch.Feature(feature).SetText(_row, TextOf(value));

    private protected void Output(double score, string prediction, string label)
    {
        _batch.Score.SetNumber(_row, Math.Round(score, 4));
        _batch.Prediction.SetText(_row, TextOf(prediction));
        _batch.Label.SetText(_row, TextOf(label));
    }

    private protected void Output(double prediction, double label)
    {
        _batch.Prediction.SetNumber(_row, Math.Round(prediction, 2));
        _batch.Label.SetNumber(_row, Math.Round(label, 2));
    }

    private protected double Uniform(double from = 0, double to = 1) => from + ((to - from) * _random.NextDouble());

    private protected bool Chance(double probability) => _random.NextDouble() < probability;

    // Box–Muller.
    private protected double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    private protected double Exponential(double mean) => -mean * Math.Log(1 - _random.NextDouble());

    private protected int Whole(int from, int to) => _random.Next(from, to + 1);

    private protected string Pick(params ReadOnlySpan<string> values) => values[_random.Next(values.Length)];

    private protected string Pick(params ReadOnlySpan<(string Value, double Share)> values)
    {
        var left = _random.NextDouble();
        foreach (var (value, share) in values)
        {
            left -= share;
            if (left < 0)
                return value;
        }

        return values[^1].Value;
    }

    private int TextOf(string value) => _batch.Texts.Add(Encoding.UTF8.GetBytes(value));
}
