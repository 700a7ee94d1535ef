using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Drift.Actors.Alerts;
using Drift.Actors.Triggers;
using Drift.Core.Training;

namespace Drift.Actors.Training;

/// <summary>What the actor of a training run keeps.</summary>
internal sealed record TrainingState
{
    /// <summary>Batches whose repetition is noticed: a sender repeats its last ones, not those of yesterday.</summary>
    public const int KnownBatches = 512;

    /// <summary>The run; null before it begins.</summary>
    public TrainingRun? Run { get; init; }

    /// <summary>Marks of the latest batches, the oldest first.</summary>
    public IReadOnlyList<string> Batches { get; init; } = [];

    /// <summary>The losses so far.</summary>
    public LossWatch Losses { get; init; } = new();

    /// <summary>Alerts raised so far; the number of the open one.</summary>
    public long Episode { get; init; }

    /// <summary>The alert that is open; null when none is.</summary>
    public Alert? Alert { get; init; }

    /// <summary>Whether anybody was told of it: only then its end is told.</summary>
    public bool Told { get; init; }

    /// <summary>What the trigger is still to be told.</summary>
    public TriggerReport? Untold { get; init; }

    /// <summary>A short mark of a batch's id.</summary>
    public static string MarkOf(string batchId) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(batchId)).AsSpan(0, 8));

    /// <summary>The id of the alert of an episode: the same each time it is computed.</summary>
    public string AlertId(long episode)
    {
        var name = Encoding.UTF8.GetBytes($"{ActorKey.Training(Run!.Tenant, Run.Id)}/{AlertKind.Training}");
        var bytes = new byte[8 + name.Length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, episode);
        name.CopyTo(bytes, 8);
        return Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16));
    }
}

[JsonSerializable(typeof(TrainingState))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class TrainingJson : JsonSerializerContext;
