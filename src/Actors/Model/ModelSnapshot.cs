using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Drift.Actors.Alerts;
using Drift.Core.Codec;
using Drift.Core.Detection;
using Drift.Core.Plans;
using Drift.Core.Profiles;
using Drift.Core.Settings;
using Drift.Core.Windows;

namespace Drift.Actors.Model;

/// <summary>
/// All that a model's actor knows, and its encoding as one snapshot. The snapshot together with the journal entries after it is
/// the state; plans only ever change in a snapshot, so every entry after it was made under its plan.
/// </summary>
/// <param name="shelf">Where encoded panes lie; null: in memory.</param>
internal sealed class ModelSnapshot(IPaneShelf? shelf = null) : IDisposable
{
    private const byte Kind = (byte)'S';
    private const byte Version1 = 1;

    // Has the alerts behind the windows.
    private const byte Version2 = 2;

    // Has panes that say how their rows were served. Without them version 2 is written, which older builds read.
    private const byte Version3 = 3;

    // One of the two.
    private Dictionary<string, Profile>? _reference = [];
    private byte[]? _restingReference;

    /// <summary>False until the model is configured or gets its first rows, and again after it is deleted.</summary>
    public bool Exists { get; set; }

    public ModelSettings Settings { get; set; } = new();

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? LastIngest { get; set; }

    public long Rows { get; set; }

    /// <summary>The version that the next plan gets.</summary>
    public int NextPlan { get; set; } = 1;

    public Plan? Plan { get; private set; }

    public PaneStore? Panes
    {
        get;
        private set
        {
            field?.Dispose();
            field = value;
        }
    }

    /// <summary>Reference profiles by segment, all rows under <see cref="PaneStore.AllRows"/>.</summary>
    public Dictionary<string, Profile> Reference
    {
        get
        {
            if (_reference is null)
            {
                var reader = new ByteReader(_restingReference, "reference");
                _reference = ReadReference(ref reader, Plan!);
                _restingReference = null;
            }

            return _reference;
        }

        private set => (_reference, _restingReference) = (value, null);
    }

    public DateTimeOffset? ReferenceFixedAt { get; set; }

    public DateTimeOffset? ReferenceFrom { get; set; }

    public DateTimeOffset? ReferenceTo { get; set; }

    /// <summary>Raw batches kept while there is no plan, with their time of arrival.</summary>
    public List<(DateTimeOffset At, byte[] Rows)> Kept { get; } = [];

    public long KeptRows { get; set; }

    public Dictionary<string, WindowState> Windows { get; } = new(StringComparer.Ordinal);

    /// <summary>Number of the latest verdict change.</summary>
    public long LastChange { get; set; }

    /// <summary>The latest verdict changes, oldest first.</summary>
    public List<VerdictChange> Changes { get; private set; } = [];

    /// <summary>The kinds of alerts that a model has.</summary>
    public IReadOnlyList<AlertTrack> Alerts { get; } = [new(AlertKind.Drift), new(AlertKind.Accuracy)];

    /// <summary>Changes of alerts that no snapshot has stored yet, in order. Not encoded: they become durable with the next snapshot or never were.</summary>
    public List<AlertChange> AlertChanges { get; } = [];

    public ModelState State => Plan is null ? ModelState.Learning : ModelState.Monitoring;

    /// <summary>Holds panes and reference encoded until they are next asked for: a model that no rows arrive for takes the least memory so.</summary>
    public void Rest()
    {
        Plan?.Rest();
        Panes?.Rest();
        if (_reference is null or { Count: 0 })
            return;
        var writer = new ByteWriter(4096);
        WriteReference(writer, _reference);
        (_reference, _restingReference) = (null, writer.ToArray());
    }

    /// <summary>Takes the panes from their shelf; the rest is not used afterwards either.</summary>
    public void Dispose() => Panes?.Dispose();

    /// <summary>Starts monitoring under a new plan with empty windows.</summary>
    public void Begin(Plan plan, Dictionary<string, Profile> reference, DateTimeOffset at)
    {
        Plan = plan;
        NextPlan = plan.Version + 1;
        Panes = new PaneStore(plan, shelf);
        // Its reference was binned under it; from now on nodes bin, each with its own copy, and the actor merges.
        plan.Rest();
        Reference = reference;
        ReferenceFixedAt = at;
        ReferenceFrom = ReferenceTo = null;
        Windows.Clear();
    }

    /// <summary>Compares with another reference under the same plan from now on.</summary>
    public void ReplaceReference(Dictionary<string, Profile> reference, DateTimeOffset at, DateTimeOffset from, DateTimeOffset to)
    {
        Reference = reference;
        ReferenceFixedAt = at;
        ReferenceFrom = from;
        ReferenceTo = to;
    }

    /// <summary>Forgets plan, reference and windows: the model learns again.</summary>
    public void Relearn()
    {
        Plan = null;
        Panes = null;
        Reference = [];
        ReferenceFixedAt = ReferenceFrom = ReferenceTo = null;
        Kept.Clear();
        KeptRows = 0;
        Windows.Clear();
    }

    public WindowState Window(string name)
    {
        if (!Windows.TryGetValue(name, out var window))
            Windows.Add(name, window = new WindowState());
        return window;
    }

    public byte[] Encode()
    {
        var writer = new ByteWriter(16 * 1024);
        writer.WriteByte(Kind);
        writer.WriteByte(Panes?.HasServing == true ? Version3 : Version2);
        writer.WriteByte(Exists ? (byte)1 : (byte)0);
        writer.WriteBytes(JsonSerializer.SerializeToUtf8Bytes(Settings, SnapshotJson.Default.ModelSettings));
        WriteTime(writer, CreatedAt);
        WriteTime(writer, LastIngest);
        writer.WriteCount(Rows);
        writer.WriteVarint((ulong)NextPlan);
        writer.WriteCount(LastChange);
        writer.WriteBytes(JsonSerializer.SerializeToUtf8Bytes(Changes, SnapshotJson.Default.ListVerdictChange));
        WriteTime(writer, ReferenceFixedAt);
        WriteTime(writer, ReferenceFrom);
        WriteTime(writer, ReferenceTo);
        writer.WriteVarint((ulong)Kept.Count);
        foreach (var (at, rows) in Kept)
        {
            WriteTime(writer, at);
            writer.WriteBytes(rows);
        }

        writer.WriteCount(KeptRows);
        writer.WriteVarint((ulong)Windows.Count);
        foreach (var (name, window) in Windows)
        {
            writer.WriteString(name);
            window.Hysteresis.Write(writer);
            writer.WriteByte((byte)window.Severity);
        }

        WriteAlerts(writer);
        writer.WriteBytes(Plan is null ? [] : Plan.Encode());
        if (Plan is not null)
        {
            if (_restingReference is null)
                WriteReference(writer, Reference);
            else
                writer.WriteRaw(_restingReference);
            Panes!.Write(writer);
        }

        writer.WriteChecksum(0);
        return writer.ToArray();
    }

    /// <exception cref="CodecException">The bytes are damaged or of a newer release.</exception>
    public static ModelSnapshot Decode(ReadOnlySpan<byte> bytes, IPaneShelf? shelf = null)
    {
        var reader = ByteReader.Open(bytes, Kind, Version3, "snapshot", out var version);
        var snapshot = new ModelSnapshot(shelf) { Exists = reader.ReadInt(1) == 1 };
        snapshot.Settings = ReadJson(reader.ReadBytes(), SnapshotJson.Default.ModelSettings) ?? new ModelSettings();
        snapshot.CreatedAt = ReadTime(ref reader) ?? DateTimeOffset.UnixEpoch;
        snapshot.LastIngest = ReadTime(ref reader);
        snapshot.Rows = reader.ReadCount();
        snapshot.NextPlan = reader.ReadInt(int.MaxValue);
        snapshot.LastChange = reader.ReadCount();
        snapshot.Changes = ReadJson(reader.ReadBytes(), SnapshotJson.Default.ListVerdictChange) ?? [];
        var fixedAt = ReadTime(ref reader);
        var from = ReadTime(ref reader);
        var to = ReadTime(ref reader);
        for (var left = reader.ReadLength(2); left > 0; left--)
            snapshot.Kept.Add((ReadTime(ref reader) ?? snapshot.CreatedAt, reader.ReadBytes().ToArray()));
        snapshot.KeptRows = reader.ReadCount();
        var windows = new Dictionary<string, WindowState>();
        for (var left = reader.ReadLength(4); left > 0; left--)
            windows[reader.ReadString()] = new WindowState { Hysteresis = Hysteresis.Read(ref reader), Severity = (Severity)reader.ReadInt((int)Severity.Critical) };
        if (version > Version1)
            snapshot.ReadAlerts(ref reader);
        snapshot.Plan = reader.ReadBytes() is { IsEmpty: false } plan ? Plan.Decode(plan) : null;
        if (snapshot.Plan is not null)
        {
            snapshot.Reference = ReadReference(ref reader, snapshot.Plan);
            snapshot.Panes = PaneStore.Read(ref reader, snapshot.Plan, shelf);
            snapshot.ReferenceFixedAt = fixedAt;
            snapshot.ReferenceFrom = from;
            snapshot.ReferenceTo = to;
        }

        foreach (var (name, window) in windows)
            snapshot.Windows[name] = window;
        try
        {
            reader.End();
        }
        catch (CodecException)
        {
            snapshot.Dispose();
            throw;
        }

        return snapshot;
    }

    public static void WriteReference(ByteWriter writer, Dictionary<string, Profile> reference)
    {
        writer.WriteVarint((ulong)reference.Count);
        foreach (var (segment, profile) in reference.OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            writer.WriteString(segment);
            profile.Write(writer);
        }
    }

    public static Dictionary<string, Profile> ReadReference(ref ByteReader reader, Plan plan)
    {
        var reference = new Dictionary<string, Profile>(StringComparer.Ordinal);
        for (var left = reader.ReadLength(2); left > 0; left--)
        {
            var segment = reader.ReadString();
            reference[segment] = Profile.Read(ref reader, plan);
        }

        return reference;
    }

    private void WriteAlerts(ByteWriter writer)
    {
        writer.WriteVarint((ulong)Alerts.Count);
        foreach (var track in Alerts)
        {
            writer.WriteString(track.Kind);
            track.Hysteresis.Write(writer);
            writer.WriteCount(track.Episode);
            writer.WriteByte(track.Told ? (byte)1 : (byte)0);
            writer.WriteBytes(track.Open is null ? [] : JsonSerializer.SerializeToUtf8Bytes(track.Open, SnapshotJson.Default.Alert));
        }
    }

    private void ReadAlerts(ref ByteReader reader)
    {
        for (var left = reader.ReadLength(4); left > 0; left--)
        {
            var kind = reader.ReadString();
            var hysteresis = SeverityHysteresis.Read(ref reader);
            var episode = reader.ReadCount();
            var told = reader.ReadInt(1) == 1;
            var open = reader.ReadBytes();
            if (Alerts.FirstOrDefault(t => t.Kind == kind) is not { } track)
                continue;
            track.Hysteresis = hysteresis;
            track.Episode = episode;
            track.Told = told;
            track.Open = open.IsEmpty ? null : ReadJson(open, SnapshotJson.Default.Alert);
        }
    }

    private static T? ReadJson<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type);
        }
        catch (JsonException e)
        {
            throw new CodecException($"snapshot: its {typeof(T).Name} is no JSON that this build reads: {e.Message}", e);
        }
    }

    private static void WriteTime(ByteWriter writer, DateTimeOffset? time) => writer.WriteCount(time?.UtcTicks ?? 0);

    private static DateTimeOffset? ReadTime(ref ByteReader reader)
    {
        var ticks = reader.ReadCount();
        if (ticks > DateTimeOffset.MaxValue.UtcTicks)
            throw new CodecException($"snapshot: {ticks} is no time.");
        return ticks == 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero);
    }
}

/// <summary>What an actor remembers of a window between evaluations.</summary>
internal sealed class WindowState
{
    public Hysteresis Hysteresis { get; init; } = new();

    public Severity Severity { get; set; }

    /// <summary>The latest verdict, kept in memory only.</summary>
    public Verdict? Latest { get; set; }

    public DateTimeOffset? HistoryAt { get; set; }
}

[JsonSerializable(typeof(ModelSettings))]
[JsonSerializable(typeof(List<VerdictChange>))]
[JsonSerializable(typeof(Alert))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class SnapshotJson : JsonSerializerContext;
