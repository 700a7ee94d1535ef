using Drift.Actors.Ports;

namespace Drift.Storage.Journal;

/// <summary>An entry that waits to become durable, and whoever waits for it.</summary>
internal sealed class PendingAppend(JournalEntry entry)
{
    // What an object takes besides its text, roughly.
    private const int EntryOverhead = 256;
    private const int RecordOverhead = 128;

    // Continuations run elsewhere: the writer must not do the work of those it wakes.
    private readonly TaskCompletionSource<AppendOutcome> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public JournalEntry Entry { get; } = entry;

    /// <summary>The memory that it keeps, roughly.</summary>
    public long Bytes { get; } = Measure(entry);

    public Task<AppendOutcome> Task => _done.Task;

    public void Complete(AppendOutcome outcome) => _done.TrySetResult(outcome);

    public void Fail(Exception exception) => _done.TrySetException(exception);

    private static long Measure(JournalEntry entry)
    {
        var bytes = EntryOverhead + (long)entry.Payload.Length;
        foreach (var batchId in entry.BatchIds)
            bytes += Text(batchId);
        foreach (var prediction in entry.Predictions)
        {
            bytes += RecordOverhead + Text(prediction.Id) + Text(prediction.Prediction) + Text(prediction.Label)
                + (prediction.ClassScores?.Count * RecordOverhead ?? 0);
            foreach (var segment in prediction.Segments)
                bytes += Text(segment);
        }

        foreach (var label in entry.Labels)
            bytes += RecordOverhead + Text(label.Id) + Text(label.Label);

        return bytes;

        static long Text(string? text) => text is null ? 0 : sizeof(char) * (long)text.Length;
    }
}
