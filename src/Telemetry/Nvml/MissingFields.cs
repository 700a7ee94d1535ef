namespace Drift.Telemetry.Nvml;

/// <summary>
/// Collects why fields of one device are absent. What a board lacks hardly ever changes, so the result of the last reading is
/// given again for as long as it fits: readings share it.
/// </summary>
internal sealed class MissingFields
{
    private readonly List<KeyValuePair<string, string>> _now = [];
    private Dictionary<string, string>? _last;

    public void Clear() => _now.Clear();

    public void Add(string field, string reason) => _now.Add(new(field, reason));

    /// <summary>Field → reason; null when nothing is missing.</summary>
    public IReadOnlyDictionary<string, string>? Result()
    {
        if (_now.Count == 0)
            return _last = null;
        if (_last?.Count == _now.Count)
        {
            var same = true;
            foreach (var (field, reason) in _now)
                same &= _last.TryGetValue(field, out var known) && known == reason;
            if (same)
                return _last;
        }

        return _last = new Dictionary<string, string>(_now, StringComparer.Ordinal);
    }
}
