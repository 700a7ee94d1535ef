using System.Globalization;
using System.Text.Json;
using Drift.Core.Plans;
using Drift.Core.Profiles;
using Drift.Core.Rows;
using Drift.Core.Settings;
using Drift.Support;

namespace Drift.Core.Tests.Detection;

/// <summary>A shared data set as rows: features, prediction, score and label as its meta file names them.</summary>
internal sealed class DataSet
{
    private static readonly string[] NotFeatures = ["instant", "dteday", "yr", "PassengerId", "Name", "Ticket", "boat", "body", "home.dest"];

    private readonly CsvFile _csv;
    private readonly JsonElement _meta;

    public DataSet(string name)
    {
        _csv = CsvFile.Read(SharedData.PathOf(name + ".csv"));
        using var document = JsonDocument.Parse(File.ReadAllBytes(SharedData.PathOf(name + ".meta.json")));
        _meta = document.RootElement.Clone();
    }

    public (int From, int To) ReferenceRows => Range("reference_rows");

    public (int From, int To) CurrentRows => Range("analysis_rows");

    /// <summary>The categorical columns as declared types; the rest is left to be inferred.</summary>
    public IReadOnlyDictionary<string, FeatureSettings> CategoricalAsDeclared =>
        _meta.GetProperty("categorical").EnumerateArray().ToDictionary(c => c.GetString()!, _ => new FeatureSettings { Type = ColumnType.Categorical });

    public Profile Reference(ModelSettings settings)
    {
        var batch = Rows(ReferenceRows.From, ReferenceRows.To);
        return Count(PlanBuilder.Build(1, batch, settings), batch);
    }

    public Profile Window(Plan plan, int from, int to) => Count(plan, Rows(from, to));

    public IEnumerable<string> Categories(string column, (int From, int To) rows) => _csv.Values(column, rows.From, rows.To).OfType<string>();

    private static Profile Count(Plan plan, RowBatch batch)
    {
        var profile = new Profile(plan);
        profile.Add(batch, [.. Enumerable.Range(0, batch.Count)]);
        return profile;
    }

    private RowBatch Rows(int from, int to)
    {
        var batch = new RowBatch();
        for (var row = from; row < to; row++)
            batch.AddRow();
        foreach (var column in _csv.Columns.Except(NotFeatures))
        {
            var cells = column == Named("target") ? batch.Label
                : column == Named("prediction") ? batch.Prediction
                : column == Named("score") ? batch.Score
                : batch.Feature(column);
            var row = 0;
            foreach (var field in _csv.Values(column, from, to))
            {
                if (double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
                    cells.SetNumber(row, number, batch.Texts.Add(field!));
                else if (field is not null)
                    cells.SetText(row, batch.Texts.Add(field));
                row++;
            }
        }

        return batch;
    }

    private string? Named(string role) => _meta.TryGetProperty(role, out var name) ? name.GetString() : null;

    private (int From, int To) Range(string name) => (_meta.GetProperty(name)[0].GetInt32(), _meta.GetProperty(name)[1].GetInt32());
}
