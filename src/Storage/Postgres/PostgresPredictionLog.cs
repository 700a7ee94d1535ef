using Drift.Actors;
using Drift.Actors.Ports;
using Npgsql;

namespace Drift.Storage.Postgres;

internal sealed class PostgresPredictionLog(PostgresDatabase database) : IPredictionLog
{
    // One index per day is asked, down its key for each id. Where an id stands in several, the first one counts. Tenant and model are compared
    // as arrays, too: as plain equalities, a planner that has no statistics of a large day yet takes a model for a few rows, and reads all that
    // the model has to find the ids among them, which takes seconds.
    internal const string SelectPredictions = """
        select distinct on (id) id, timestamp, prediction, score, class_scores, label, segments, in_reference from predictions
        where tenant = any(array[$1]) and model = any(array[$2]) and id = any($3)
        order by id, seq
        """;

    private const string SelectLabels = """
        select id, label, timestamp from labels where tenant = any(array[$1]) and model = any(array[$2]) and id = any($3)
        """;

    public Task<IReadOnlyDictionary<string, PredictionRecord>> FindPredictionsAsync(
        ModelId model, IReadOnlyCollection<string> ids, CancellationToken cancellationToken) =>
        FindAsync(
            SelectPredictions,
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
            prediction => prediction.Id,
            cancellationToken);

    public Task<IReadOnlyDictionary<string, LabelRecord>> FindLabelsAsync(
        ModelId model, IReadOnlyCollection<string> ids, CancellationToken cancellationToken) =>
        FindAsync(
            SelectLabels,
            model,
            ids,
            row => new LabelRecord(row.GetString(0), row.GetString(1), row.TimeOrNull(2)),
            label => label.Id,
            cancellationToken);

    private async Task<IReadOnlyDictionary<string, T>> FindAsync<T>(
        string sql,
        ModelId model,
        IReadOnlyCollection<string> ids,
        Func<NpgsqlDataReader, T> read,
        Func<T, string> id,
        CancellationToken cancellationToken)
    {
        // An id that could not have been stored is not there.
        var storable = ids.Where(StoredText.IsStorable).ToArray();
        if (storable.Length == 0)
            return new Dictionary<string, T>();

        var found = await database.QueryAsync(
            () => database.Command(sql, Parameter.Text(model.Tenant), Parameter.Text(model.Name), Parameter.Texts(storable, text => text)),
            read,
            cancellationToken).ConfigureAwait(false);
        return found.ToDictionary(id, StringComparer.Ordinal);
    }
}
