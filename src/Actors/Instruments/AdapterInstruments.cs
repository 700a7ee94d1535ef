using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Drift.Actors.Adapters;
using Drift.Core.Adapters;

namespace Drift.Actors.Instruments;

/// <summary>
/// The metrics of LoRA versions whose catalog is on this node of the cluster. Few: what each version was trained with and how it did over time
/// is in tables. Thread-safe.
/// </summary>
public sealed class AdapterInstruments : IDisposable
{
    /// <summary>The meter.</summary>
    public const string MeterName = "Drift.Adapters";

    private readonly ConcurrentDictionary<(string Tenant, string Base), Catalog> _catalogs = new();
    private readonly Meter _meter;
    private readonly Counter<long> _transitions;

    /// <summary>Creates the instruments.</summary>
    public AdapterInstruments(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _meter = meters.Create(MeterName);
        _transitions = _meter.CreateCounter<long>("lora_transitions_total", null, "Changes of state of LoRA versions, by the state they led to.");
        _meter.CreateObservableGauge("lora_versions_total", Versions, null, "LoRA versions by state.");
        _meter.CreateObservableGauge("lora_active_info", Active, null, "The LoRA versions in service, with their role and the monitored model as labels; always 1.");
        _meter.CreateObservableGauge("lora_active_training_loss", () => Losses(t => t.TrainingLoss), null, "Training loss of the champion.");
        _meter.CreateObservableGauge("lora_active_validation_loss", () => Losses(t => t.ValidationLoss), null, "Validation loss of the champion.");
        _meter.CreateObservableGauge("lora_accuracy", Accuracies, null, "Accuracy of the LoRA versions in service in the last 24 hours, 0 to 1.");
        _meter.CreateObservableGauge("lora_canary_difference", Differences, null, "Accuracy of the canary less that of the champion: the estimate and its bounds.");
        _meter.CreateObservableGauge("lora_canary_samples", Samples, null, "Rows with labels that canary and champion are compared by.");
    }

    /// <summary>Takes a base model's versions as they are now.</summary>
    public void Publish(string tenant, string baseModel, IReadOnlyList<AdapterDescription> versions) =>
        _catalogs.AddOrUpdate((tenant, baseModel), _ => new Catalog(versions, null), (_, before) => before with { Versions = versions });

    /// <summary>Takes the accuracies of versions in service.</summary>
    public void Measured(string tenant, string baseModel, IReadOnlyDictionary<string, double> accuracies) =>
        _catalogs.AddOrUpdate((tenant, baseModel), _ => new Catalog([], accuracies), (_, before) => before with { Accuracies = accuracies });

    /// <summary>Counts a transition.</summary>
    public void Moved(string tenant, string baseModel, AdapterState to) =>
        _transitions.Add(1, new("tenant", tenant), new("base_model", baseModel), new("to", Word(to)));

    /// <summary>Takes a base model off the metrics.</summary>
    public void Remove(string tenant, string baseModel) => _catalogs.TryRemove((tenant, baseModel), out _);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static KeyValuePair<string, object?> Tag(string name, string? value) => new(name, value ?? "");

    private static KeyValuePair<string, object?>[] Tags(AdapterDescription version, params KeyValuePair<string, object?>[] more) =>
        [Tag("tenant", version.Tenant), Tag("base_model", version.BaseModel), Tag("version", version.Version), .. more];

    private IEnumerable<Measurement<long>> Versions() =>
        from catalog in _catalogs.Values
        from state in catalog.Versions.GroupBy(v => (v.Tenant, v.BaseModel, v.State))
        select new Measurement<long>(state.LongCount(), Tag("tenant", state.Key.Tenant), Tag("base_model", state.Key.BaseModel), Tag("state", Word(state.Key.State)));

    private IEnumerable<Measurement<int>> Active() =>
        from version in InService()
        select new Measurement<int>(1, Tags(version, Tag("role", Word(version.Role!.Value)), Tag("model", version.Model)));

    private IEnumerable<Measurement<double>> Losses(Func<AdapterTraining, double?> loss) =>
        from version in InService()
        where version.IsActive && loss(version.Training) is not null
        select new Measurement<double>(loss(version.Training)!.Value, Tags(version));

    private IEnumerable<Measurement<double>> Accuracies() =>
        from catalog in _catalogs.Values
        where catalog.Accuracies is not null
        from version in catalog.Versions
        where version.State == AdapterState.Serving && catalog.Accuracies!.ContainsKey(version.Version)
        select new Measurement<double>(catalog.Accuracies![version.Version], Tags(version, Tag("role", Word(version.Role!.Value))));

    private IEnumerable<Measurement<double>> Differences() =>
        from version in InService()
        where version.Role == AdapterRole.Canary && version.Canary is { Difference: not null }
        from bound in new[] { ("estimate", version.Canary!.Difference!.Value), ("lower", version.Canary!.Lower), ("upper", version.Canary!.Upper) }
        select new Measurement<double>(bound.Item2, Tags(version, Tag("bound", bound.Item1)));

    private IEnumerable<Measurement<long>> Samples() =>
        from version in InService()
        where version.Role == AdapterRole.Canary && version.Canary is not null
        from arm in new[] { ("canary", version.Canary!.Samples), ("champion", version.Canary!.ChampionSamples) }
        select new Measurement<long>(arm.Item2, Tags(version, Tag("arm", arm.Item1)));

    private IEnumerable<AdapterDescription> InService() =>
        _catalogs.Values.SelectMany(c => c.Versions).Where(v => v.State == AdapterState.Serving);

    private sealed record Catalog(IReadOnlyList<AdapterDescription> Versions, IReadOnlyDictionary<string, double>? Accuracies);
}
