using System.Globalization;
using System.Threading.Channels;
using Drift.Actors;
using Drift.Actors.Ports;
using Microsoft.Extensions.Options;

namespace Drift.Storage.Journal;

/// <summary>
/// Group commit: appends of all actors wait in one bounded queue, and one writer makes all that wait durable in one step. While it
/// writes, the next group gathers; nothing waits for a clock. Each append has its own outcome. Thread-safe.
/// </summary>
/// <remarks>
/// Whoever stops waiting does not stop the write. Disposing writes what waits; later appends are refused.
/// </remarks>
internal sealed class GroupCommitJournal : IJournal, IAsyncDisposable
{
    /// <summary>The most entries of one group.</summary>
    public const int MaxGroup = 1_000;

    /// <summary>The bytes after which a group takes no more: a longer transaction would keep the rest waiting.</summary>
    public const long MaxGroupBytes = 32L << 20;

    private readonly IGroupJournal _journal;
    private readonly StorageInstruments _instruments;
    private readonly JournalOptions _options;
    private readonly Channel<PendingAppend> _queue;
    private readonly Lock _admission = new();
    private readonly Task _writer;
    private int _pending;
    private long _pendingBytes;

    public GroupCommitJournal(IGroupJournal journal, IOptions<JournalOptions> options, StorageInstruments instruments)
    {
        _journal = journal;
        _instruments = instruments;
        _options = options.Value;
        _queue = Channel.CreateBounded<PendingAppend>(new BoundedChannelOptions(_options.MaxPending) { SingleReader = true });
        _instruments.Observe(() => Volatile.Read(ref _pending), _options.MaxPending);
        _writer = Task.Run(WriteAsync);
    }

    /// <inheritdoc/>
    public Task<AppendOutcome> AppendAsync(JournalEntry entry, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<AppendOutcome>(cancellationToken);

        try
        {
            RecordText.Check(entry);
            var append = new PendingAppend(entry);
            Admit(append);
            return append.Task.WaitAsync(cancellationToken);
        }
        catch (DriftException e)
        {
            return Task.FromException<AppendOutcome>(e);
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<StoredEntry> ReadAsync(string actorKey, long afterSequence, CancellationToken cancellationToken) =>
        _journal.ReadAsync(actorKey, afterSequence, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<EntryBatchIds>> ReadBatchIdsAsync(string actorKey, CancellationToken cancellationToken) =>
        _journal.ReadBatchIdsAsync(actorKey, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<EntryBatchIds> ReadPrunedBatchIdsAsync(string actorKey, CancellationToken cancellationToken) =>
        _journal.ReadPrunedBatchIdsAsync(actorKey, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlySet<string>> FindPrunedBatchIdsAsync(
        string actorKey, IReadOnlyCollection<long> sequences, IReadOnlyCollection<string> batchIds, CancellationToken cancellationToken) =>
        _journal.FindPrunedBatchIdsAsync(actorKey, sequences, batchIds, cancellationToken);

    /// <inheritdoc/>
    public Task PruneAsync(string actorKey, long throughSequence, DateTimeOffset entriesBefore, long entriesThrough, long idsThrough, CancellationToken cancellationToken) =>
        _journal.PruneAsync(actorKey, throughSequence, entriesBefore, entriesThrough, idsThrough, cancellationToken);

    /// <summary>Writes what waits, then ends the writer.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writer.ConfigureAwait(false);
    }

    private void Admit(PendingAppend append)
    {
        // One lock over the limits and the queue, so that what was counted has its place. It is held for nanoseconds, a flush takes milliseconds.
        lock (_admission)
        {
            if (_pending >= _options.MaxPending || (_pending > 0 && _pendingBytes + append.Bytes > _options.MaxPendingBytes))
                throw Full();
            if (!_queue.Writer.TryWrite(append))
                throw new AppendRefusedException("The host is stopping. Send the request again, to this host once it is up or to another.");
            _pending++;
            _pendingBytes += append.Bytes;
        }
    }

    private AppendRefusedException Full() => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"The journal is full: {_pending} batches of {_pendingBytes >> 20} MiB wait for the database. Send the request again in a moment. If this lasts, the database is too slow for what arrives, see drift_journal_flush_seconds; {JournalOptions.SectionName}:{nameof(_options.MaxPending)} and {nameof(_options.MaxPendingBytes)} set how much may wait."));

    private async Task WriteAsync()
    {
        var group = new List<PendingAppend>(MaxGroup);
        var rivals = new Rivals();
        var woken = 0;
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            // Those whom the last flush woke are about to append again: let them, before the next one leaves.
            if (woken > 1)
                await Task.Yield();
            Gather(group, rivals);
            await FlushAsync(group).ConfigureAwait(false);
            woken = group.Count;
            group.Clear();
            rivals.Clear();
        }
    }

    private void Gather(List<PendingAppend> group, Rivals rivals)
    {
        var bytes = 0L;
        while (group.Count < MaxGroup && bytes < MaxGroupBytes && _queue.Reader.TryPeek(out var next) && rivals.TryAdd(next.Entry))
        {
            _queue.Reader.TryRead(out _);
            group.Add(next);
            bytes += next.Bytes;
        }
    }

    private async Task FlushAsync(List<PendingAppend> group)
    {
        AppendOutcome[] outcomes;
        try
        {
            outcomes = await _journal.AppendAsync([.. group.Select(append => append.Entry)]).ConfigureAwait(false);
        }
        catch (DriftException e)
        {
            // Whether it was written may be unknown: writing again could then say Conflict for what this very group wrote.
            foreach (var append in group)
                Leave(append).Fail(new DriftException(e.Error, e.Message, e));
            return;
        }
#pragma warning disable CA1031 // Whatever it is belongs to those who wait; the writer goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (group.Count == 1)
            {
                Leave(group[0]).Fail(e);
                return;
            }

            // Nothing was written, and one entry may be the reason: the others must not suffer for it.
            foreach (var append in group)
                await FlushAsync([append]).ConfigureAwait(false);
            return;
        }

        for (var i = 0; i < group.Count; i++)
            Leave(group[i]).Complete(outcomes[i]);
        _instruments.Flushed(group.Count);
    }

    private PendingAppend Leave(PendingAppend append)
    {
        lock (_admission)
        {
            _pending--;
            _pendingBytes -= append.Bytes;
        }

        return append;
    }
}
