using Drift.Actors;
using Drift.Actors.Ports;
using Microsoft.Data.Sqlite;

namespace Drift.Storage.Sqlite;

internal sealed class SqlitePredictionLog(SqliteDatabase database) : IPredictionLog
{
    private const string SelectPrediction = """
        select id, timestamp, prediction, score, class_scores, label, segments, in_reference from predictions
        where tenant = $tenant and model = $model and id = $id
        """;

    private const string SelectLabel = """
        select id, label, timestamp from labels where tenant = $tenant and model = $model and id = $id
        """;

    public Task<IReadOnlyDictionary<string, PredictionRecord>> FindPredictionsAsync(
        ModelId model, IReadOnlyCollection<string> ids, CancellationToken cancellationToken) =>
        FindAsync(
            SelectPrediction,
            model,
            ids,
            row => new PredictionRecord
            {
                Id = row.GetString(0),
                Time = row.Time(1),
                Prediction = row.Text(2),
                Score = row.Real(3),
                ClassScores = StorageJson.ReadScores(row.Text(4)),
                Label = row.Text(5),
                Segments = StorageJson.ReadTexts(row.Text(6)),
                InReference = row.GetBoolean(7),
            },
            cancellationToken);

    public Task<IReadOnlyDictionary<string, LabelRecord>> FindLabelsAsync(
        ModelId model, IReadOnlyCollection<string> ids, CancellationToken cancellationToken) =>
        FindAsync(SelectLabel, model, ids, row => new LabelRecord(row.GetString(0), row.GetString(1), row.TimeOrNull(2)), cancellationToken);

    // One prepared look-up per id: in process, this is as fast as a join and needs no list of parameters.
    private Task<IReadOnlyDictionary<string, T>> FindAsync<T>(
        string sql, ModelId model, IReadOnlyCollection<string> ids, Func<SqliteDataReader, T> read, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyDictionary<string, T>>(
            session =>
            {
                var found = new Dictionary<string, T>(StringComparer.Ordinal);
                var statement = session.Statement(sql).Bind("$tenant", model.Tenant).Bind("$model", model.Name);
                foreach (var id in ids)
                {
                    using var row = statement.Bind("$id", id).Query();
                    if (row.Read())
                        found[id] = read(row);
                }

                return found;
            },
            cancellationToken);
}
