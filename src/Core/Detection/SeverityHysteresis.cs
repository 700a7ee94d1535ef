using Drift.Core.Codec;
using Drift.Core.Settings;

namespace Drift.Core.Detection;

/// <summary>
/// Turns a stream of severities into one that does not flicker: a severity is reached when k of the latest n evaluations were at it
/// or above, and left when k′ of the latest n′ were below. So a drift that wavers around a threshold changes nothing.
/// </summary>
public sealed class SeverityHysteresis
{
    private readonly Hysteresis[] _levels;

    /// <summary>Creates one that is at <see cref="Severity.None"/>.</summary>
    public SeverityHysteresis()
        : this([new(), new(), new()])
    {
    }

    private SeverityHysteresis(Hysteresis[] levels) => _levels = levels;

    /// <summary>The severity that was reached and not left.</summary>
    public Severity Severity
    {
        get
        {
            for (var level = _levels.Length; level > 0; level--)
            {
                if (_levels[level - 1].IsOpen)
                    return (Severity)level;
            }

            return Severity.None;
        }
    }

    /// <summary>Takes the severity of an evaluation that reached a verdict, and gives <see cref="Severity"/> as it is now.</summary>
    public Severity Observe(Severity severity, HysteresisSettings settings)
    {
        for (var level = 1; level <= _levels.Length; level++)
            _levels[level - 1].Observe((int)severity >= level, settings);
        return Severity;
    }

    /// <summary>Encodes the state.</summary>
    public void Write(ByteWriter writer)
    {
        foreach (var level in _levels)
            level.Write(writer);
    }

    /// <summary>Decodes a state.</summary>
    public static SeverityHysteresis Read(ref ByteReader reader) =>
        new([Hysteresis.Read(ref reader), Hysteresis.Read(ref reader), Hysteresis.Read(ref reader)]);
}
