using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Drift.Actors.Alerts;
using Drift.Core.Detection;

namespace Drift.Actors.Model;

/// <summary>One kind of alert of one model: the severity after hysteresis, and the alert that is open.</summary>
internal sealed class AlertTrack(string kind)
{
    public string Kind { get; } = kind;

    public SeverityHysteresis Hysteresis { get; set; } = new();

    /// <summary>How many alerts of this kind the model had; the number of the open one.</summary>
    public long Episode { get; set; }

    /// <summary>The alert that is open, as it was last; null when none is.</summary>
    public Alert? Open { get; set; }

    /// <summary>Whether anybody was told of it: only then its end is told.</summary>
    public bool Told { get; set; }

    /// <summary>
    /// The id of an alert: the same each time it is computed, so that one that opens again after a crash is the same one; another for a
    /// model that was deleted and created again.
    /// </summary>
    public string IdOf(ModelId model, DateTimeOffset modelCreatedAt)
    {
        var name = Encoding.UTF8.GetBytes($"{ActorKey.Model(model)}/{Kind}");
        var bytes = new byte[16 + name.Length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, modelCreatedAt.UtcTicks);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), Episode);
        name.CopyTo(bytes, 16);
        return Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16));
    }
}

/// <summary>A change of an alert that is not stored yet.</summary>
internal sealed record AlertChange(AlertTrack Track, AlertEvent Event, Alert Alert);
