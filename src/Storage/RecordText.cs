using Drift.Actors.Ports;

namespace Drift.Storage;

/// <summary>Looks through what callers named before any of it is written.</summary>
internal static class RecordText
{
    /// <exception cref="Actors.DriftException"><see cref="Actors.DriftError.Invalid"/>: something in the entry cannot be stored.</exception>
    public static void Check(JournalEntry entry)
    {
        foreach (var batchId in entry.BatchIds)
            StoredText.Check(batchId, "batch id");
        foreach (var prediction in entry.Predictions)
        {
            StoredText.Check(prediction.Id, "id of a prediction");
            StoredText.Check(prediction.Prediction, "prediction");
            StoredText.Check(prediction.Label, "label of a prediction");
        }

        foreach (var label in entry.Labels)
        {
            StoredText.Check(label.Id, "prediction id of a label");
            StoredText.Check(label.Label, "label");
        }
    }
}
