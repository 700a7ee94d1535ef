using Drift.Core.Codec;
using Drift.Core.Settings;

namespace Drift.Core.Detection;

/// <summary>
/// Turns a stream of verdicts into a drift state that does not flicker: it opens when k of the latest n evaluations drifted and
/// closes when k′ of the latest n′ were quiet. Evaluations without a verdict (too few rows, learning) leave it as it is.
/// </summary>
public sealed class Hysteresis
{
    // The latest evaluations, newest in the lowest bit: 1 drifted, 0 quiet.
    private UInt128 _recent;
    private int _known;

    /// <summary>Whether the drift state is open.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Takes an evaluation; true when the state changed.</summary>
    public bool Observe(Verdict verdict, HysteresisSettings settings)
    {
        return verdict.Status == VerdictStatus.Ok && Observe(verdict.DriftDetected, settings);
    }

    /// <summary>Takes an evaluation that drifted or was quiet; true when the state changed.</summary>
    public bool Observe(bool drifted, HysteresisSettings settings)
    {
        _recent = (_recent << 1) | (drifted ? UInt128.One : UInt128.Zero);
        _known = Math.Min(_known + 1, 100);
        var change = IsOpen
            ? Quiet(settings.CloseOf) >= settings.CloseAfter
            : Drifted(settings.OpenOf) >= settings.OpenAfter;
        if (!change)
            return false;
        IsOpen = !IsOpen;
        // The evaluations that led here are spent: closing needs quiet ones from now on, and the other way round.
        _recent = 0;
        _known = 0;
        return true;
    }

    /// <summary>Encodes the state.</summary>
    public void Write(ByteWriter writer)
    {
        writer.WriteByte(IsOpen ? (byte)1 : (byte)0);
        writer.WriteVarint((ulong)_known);
        writer.WriteInt128(unchecked((Int128)_recent));
    }

    /// <summary>Decodes a state.</summary>
    public static Hysteresis Read(ref ByteReader reader) => new()
    {
        IsOpen = reader.ReadInt(1) == 1,
        _known = reader.ReadInt(100),
        _recent = unchecked((UInt128)reader.ReadInt128()),
    };

    private int Drifted(int of) => (int)UInt128.PopCount(_recent & Mask(of));

    private int Quiet(int of) => Math.Min(of, _known) - Drifted(of);

    private UInt128 Mask(int of) => (UInt128.One << Math.Min(of, _known)) - 1;
}
