namespace Drift.Core.Statistics;

/// <summary>Turns the counts of one side into smoothed shares, one bin at a time, so that no array of shares is needed.</summary>
internal readonly struct Shares
{
    private readonly double _added;
    private readonly double _scale;
    private readonly double _zero;

    public Shares(double total, int bins, Smoothing smoothing)
    {
        var jeffreys = smoothing.Kind == SmoothingKind.Jeffreys;
        _added = jeffreys ? 0.5 : 0;
        _scale = total + (_added * bins);
        _zero = jeffreys ? 0 : smoothing.Epsilon;
    }

    public double Of(long count) => count == 0 && _zero > 0 ? _zero : (count + _added) / _scale;
}
