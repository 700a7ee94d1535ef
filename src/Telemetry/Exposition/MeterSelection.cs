namespace Drift.Telemetry.Exposition;

/// <summary>Meters chosen by name or by prefix.</summary>
internal sealed class MeterSelection
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<string> _prefixes = [];

    public MeterSelection(IEnumerable<string> patterns)
    {
        foreach (var pattern in patterns)
        {
            if (pattern.EndsWith('*'))
                _prefixes.Add(pattern[..^1]);
            else
                _names.Add(pattern);
        }
    }

    public bool Contains(string meter)
    {
        if (_names.Contains(meter))
            return true;
        foreach (var prefix in _prefixes)
        {
            if (meter.StartsWith(prefix, StringComparison.Ordinal))
                return true;
        }

        return false;
    }
}
