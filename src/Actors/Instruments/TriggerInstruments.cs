using System.Diagnostics.Metrics;
using System.Text.Json;
using Drift.Actors.Triggers;
using Drift.Core.Triggers;

namespace Drift.Actors.Instruments;

/// <summary>The metrics of fine-tuning triggers. Thread-safe.</summary>
public sealed class TriggerInstruments : IDisposable
{
    /// <summary>The meter.</summary>
    public const string MeterName = "Drift.Triggers";

    private readonly Meter _meter;
    private readonly Counter<long> _made;
    private readonly Counter<long> _held;
    private readonly Counter<long> _ended;

    /// <summary>Creates the instruments.</summary>
    public TriggerInstruments(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _meter = meters.Create(MeterName);
        _made = _meter.CreateCounter<long>("finetuning_triggers_total", null, "Fine-tuning triggers made, by type: drift, accuracy, manual, schedule; dry runs are not counted.");
        _held = _meter.CreateCounter<long>("drift_triggers_held_total", null, "Times that a trigger was due and held back, by reason: busy, cooldown, budget.");
        _ended = _meter.CreateCounter<long>("drift_triggers_ended_total", null, "Triggers that are over, by how they ended: succeeded, failed, cancelled, expired.");
    }

    /// <summary>A trigger was made.</summary>
    public void Made(ModelId model, TriggerType type) => _made.Add(1, Tag("trigger_type", Word(type)), Tag("tenant", model.Tenant), Tag("model", model.Name));

    /// <summary>A trigger was due and held back.</summary>
    public void Held(ModelId model, TriggerType type, TriggerOutcome reason) =>
        _held.Add(1, Tag("trigger_type", Word(type)), Tag("reason", Word(reason)), Tag("tenant", model.Tenant), Tag("model", model.Name));

    /// <summary>A trigger is over.</summary>
    public void Ended(ModelId model, TriggerStatus status) => _ended.Add(1, Tag("status", Word(status)), Tag("tenant", model.Tenant), Tag("model", model.Name));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
