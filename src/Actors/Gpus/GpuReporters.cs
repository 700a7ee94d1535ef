namespace Drift.Actors.Gpus;

/// <summary>
/// Whose word counts for a GPU that several pollers report, such as a host and an agent on one machine: that of the one that began last, for as
/// long as it reports. Its samples begin where those of the one before end, so that no time counts twice. Soft, like all that is known of GPUs:
/// a new process takes the pollers as they come. Not thread-safe.
/// </summary>
/// <param name="silentAfter">How long a poller may be without a report before another one's word counts.</param>
internal sealed class GpuReporters(TimeSpan silentAfter)
{
    private readonly Dictionary<string, Reporter> _reporters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Owner> _owners = new(StringComparer.Ordinal);
    private long _began;

    /// <summary>A poller reports. One that was silent begins anew.</summary>
    public void Hear(string source, DateTimeOffset now)
    {
        if (!_reporters.TryGetValue(source, out var reporter) || !IsHeard(reporter, now))
            _reporters[source] = reporter = new Reporter { Began = ++_began };
        reporter.HeardAt = now;
    }

    /// <summary>Whether a poller's reading of a GPU at a time counts. It was heard before.</summary>
    public bool Take(string source, string uuid, DateTimeOffset at, DateTimeOffset now)
    {
        if (!_owners.TryGetValue(uuid, out var owner))
            _owners[uuid] = owner = new Owner { Source = source, LatestAt = at };
        if (owner.Source != source)
        {
            if (_reporters.TryGetValue(owner.Source, out var other) && IsHeard(other, now) && other.Began > _reporters[source].Began)
                return false;
            (owner.Source, owner.After) = (source, owner.LatestAt);
        }

        if (at <= owner.After)
            return false;
        owner.LatestAt = at > owner.LatestAt ? at : owner.LatestAt;
        return true;
    }

    /// <summary>Whether another poller's word counts for a GPU now.</summary>
    public bool IsAnothers(string source, string uuid, DateTimeOffset now) =>
        _owners.TryGetValue(uuid, out var owner) && owner.Source != source && _reporters.TryGetValue(owner.Source, out var other) && IsHeard(other, now);

    /// <summary>The poller whose word counts for a GPU; null when none was heard.</summary>
    public string? OwnerOf(string uuid) => _owners.GetValueOrDefault(uuid)?.Source;

    /// <summary>Whether it is to be said that a poller's word does not count: once for as long as it reports.</summary>
    public bool IsNews(string source)
    {
        var reporter = _reporters[source];
        var news = !reporter.IsNamed;
        reporter.IsNamed = true;
        return news;
    }

    /// <summary>Forgets GPUs that are not shown any more, and pollers that are silent and own none.</summary>
    public void Prune(IReadOnlySet<string> shown, DateTimeOffset now)
    {
        foreach (var uuid in _owners.Keys.Where(u => !shown.Contains(u)).ToList())
            _owners.Remove(uuid);
        foreach (var source in _reporters.Where(r => !IsHeard(r.Value, now) && _owners.Values.All(o => o.Source != r.Key)).Select(r => r.Key).ToList())
            _reporters.Remove(source);
    }

    private bool IsHeard(Reporter reporter, DateTimeOffset now) => now - reporter.HeardAt <= silentAfter;

    private sealed class Reporter
    {
        public long Began { get; init; }

        public DateTimeOffset HeardAt { get; set; }

        public bool IsNamed { get; set; }
    }

    private sealed class Owner
    {
        public string Source { get; set; } = "";

        /// <summary>The latest reading that counted.</summary>
        public DateTimeOffset LatestAt { get; set; }

        /// <summary>Readings up to then are those of the poller before.</summary>
        public DateTimeOffset After { get; set; } = DateTimeOffset.MinValue;
    }
}
