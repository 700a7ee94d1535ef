namespace Drift.Actors.Ports;

/// <summary>Reads the predictions and labels that <see cref="IJournal.AppendAsync"/> logged. Thread-safe.</summary>
public interface IPredictionLog
{
    /// <summary>The logged predictions among these ids, by id.</summary>
    Task<IReadOnlyDictionary<string, PredictionRecord>> FindPredictionsAsync(ModelId model, IReadOnlyCollection<string> ids, CancellationToken cancellationToken);

    /// <summary>The kept labels among these ids, by id.</summary>
    Task<IReadOnlyDictionary<string, LabelRecord>> FindLabelsAsync(ModelId model, IReadOnlyCollection<string> ids, CancellationToken cancellationToken);
}
