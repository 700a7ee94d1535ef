using Drift.Actors;
using Drift.Actors.Ports;
using Microsoft.Data.Sqlite;

namespace Drift.Storage.Sqlite;

internal sealed class SqlitePredictionLog(SqliteDatabase database) : IPredictionLog
{
    // The key begins with the day, so the model's days are walked first, by one step down the key each, and then every id is asked for in
    // each of them: all in one statement, in the order of the key. Where an id stands in several days, the first one counts.
    internal const string SelectPredictions = """
        with recursive days (day) as (
            select min(day) from predictions where tenant = $tenant and model = $model
            union all
            select (select min(day) from predictions where tenant = $tenant and model = $model and day > days.day) from days where days.day is not null
        )
        select id, timestamp, prediction, score, class_scores, label, segments, in_reference from predictions
        where tenant = $tenant and model = $model and day in (select day from days) and id in (select value from json_each($ids))
        order by seq
        """;

    private const string SelectLabel = """
        select id, label, timestamp from labels where tenant = $tenant and model = $model and id = $id
        """;

    public Task<IReadOnlyDictionary<string, PredictionRecord>> FindPredictionsAsync(
        ModelId model, IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        // An id that could not have been stored is not there, and in JSON it would read as another one.
        string[] storable = [.. ids.Where(StoredText.IsStorable)];
        return database.ReadAsync<IReadOnlyDictionary<string, PredictionRecord>>(
            session =>
            {
                var found = new Dictionary<string, PredictionRecord>(StringComparer.Ordinal);
                if (storable.Length == 0)
                    return found;
                using var row = session.Statement(SelectPredictions)
                    .Bind("$tenant", model.Tenant).Bind("$model", model.Name).Bind("$ids", StorageJson.Write(storable)).Query();
                while (row.Read())
                {
                    var prediction = Read(row);
                    found.TryAdd(prediction.Id, prediction);
                }

                return found;
            },
            cancellationToken);
    }

    // One prepared look-up per id: in process, this is as fast as a join and needs no list of parameters.
    public Task<IReadOnlyDictionary<string, LabelRecord>> FindLabelsAsync(
        ModelId model, IReadOnlyCollection<string> ids, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyDictionary<string, LabelRecord>>(
            session =>
            {
                var found = new Dictionary<string, LabelRecord>(StringComparer.Ordinal);
                var statement = session.Statement(SelectLabel).Bind("$tenant", model.Tenant).Bind("$model", model.Name);
                foreach (var id in ids)
                {
                    using var row = statement.Bind("$id", id).Query();
                    if (row.Read())
                        found[id] = new LabelRecord(row.GetString(0), row.GetString(1), row.TimeOrNull(2));
                }

                return found;
            },
            cancellationToken);

    private static PredictionRecord Read(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        Time = row.Time(1),
        Prediction = row.Text(2),
        Score = row.Real(3),
        ClassScores = StorageJson.ReadScores(row.Text(4)),
        Label = row.Text(5),
        Segments = StorageJson.ReadTexts(row.Text(6)),
        InReference = row.GetBoolean(7),
    };
}
