using Drift.Core.Codec;
using Drift.Core.Plans;
using Drift.Core.Windows;

namespace Drift.Core.Profiles;

/// <summary>
/// The encoded profile of ingested rows, split by pane and segment: the unit of network, journal and merge. The first byte is
/// its kind, the second its version, the last four a CRC-32C.
/// </summary>
public static class Delta
{
    private const byte Kind = (byte)'D';
    private const byte Version1 = 1;

    // Has behind each profile how its rows were served. Deltas without that are written as version 1, which older builds read.
    private const byte Version2 = 2;

    /// <summary>Starts a delta of so many parts.</summary>
    /// <param name="writer">Takes the bytes.</param>
    /// <param name="plan">The plan that the rows were counted under.</param>
    /// <param name="rows">How many rows were counted.</param>
    /// <param name="parts">How many parts follow.</param>
    /// <param name="serving">Whether it says how rows were served.</param>
    public static void Begin(ByteWriter writer, Plan plan, long rows, int parts, bool serving = false)
    {
        writer.Reset();
        writer.WriteByte(Kind);
        writer.WriteByte(serving ? Version2 : Version1);
        writer.WriteVarint((ulong)plan.Version);
        writer.WriteVarint(plan.Fingerprint);
        writer.WriteCount(rows);
        writer.WriteVarint((ulong)parts);
    }

    /// <summary>Appends the counts of one pane and segment; <paramref name="serving"/> is that of <see cref="Begin"/>.</summary>
    public static void Append(ByteWriter writer, string segment, PaneKey pane, Profile profile, bool serving = false)
    {
        writer.WriteString(segment);
        writer.WriteByte((byte)pane.Granularity);
        writer.WriteCount(pane.StartMinute);
        profile.Write(writer);
        if (serving)
            profile.WriteServing(writer, optional: false);
    }

    /// <summary>Ends the delta and gives its bytes.</summary>
    public static byte[] End(ByteWriter writer)
    {
        writer.WriteChecksum(0);
        return writer.ToArray();
    }

    /// <summary>Whether a delta was binned under exactly this plan.</summary>
    /// <exception cref="CodecException">The bytes are no delta.</exception>
    public static bool IsOf(ReadOnlySpan<byte> delta, Plan plan)
    {
        var reader = ByteReader.Open(delta, Kind, Version2, "delta", out _);
        return reader.ReadInt(int.MaxValue) == plan.Version && reader.ReadVarint() == plan.Fingerprint;
    }

    /// <summary>Decodes a delta completely; only when all of it is sound does the caller see any of it.</summary>
    /// <exception cref="CodecException">The bytes are damaged or of another plan.</exception>
    public static IReadOnlyList<(string Segment, PaneKey Pane, Profile Profile)> Decode(ReadOnlySpan<byte> delta, Plan plan)
    {
        var reader = ByteReader.Open(delta, Kind, Version2, "delta", out var form);
        var version = reader.ReadInt(int.MaxValue);
        if (version != plan.Version || reader.ReadVarint() != plan.Fingerprint)
            throw new CodecException($"delta: binned under another plan (version {version}) than the model's (version {plan.Version}).");
        reader.ReadCount();
        var parts = new List<(string, PaneKey, Profile)>();
        for (var left = reader.ReadLength(4); left > 0; left--)
        {
            var segment = reader.ReadString();
            var pane = PaneKey.Read(ref reader);
            var profile = Profile.Read(ref reader, plan);
            if (form >= Version2)
                profile.LoadServing(ref reader, optional: false);
            parts.Add((segment, pane, profile));
        }

        reader.End();
        return parts;
    }
}
