using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Drift.Actors.Training;
using Drift.Core.Training;

namespace Drift.Actors.Instruments;

/// <summary>
/// The metrics of training runs. Gauges show, by model, the run that reported last on this node; they vanish when its actor leaves.
/// Thread-safe.
/// </summary>
public sealed class TrainingInstruments : IDisposable
{
    /// <summary>The meter.</summary>
    public const string MeterName = "Drift.Training";

    private readonly ConcurrentDictionary<(string Tenant, string Model), TrainingRun> _runs = new();
    private readonly Meter _meter;
    private readonly Counter<long> _ended;
    private readonly Counter<long> _samples;
    private readonly Histogram<double> _duration;

    /// <summary>Creates the instruments.</summary>
    public TrainingInstruments(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _meter = meters.Create(MeterName);
        Latest("training_loss", "Loss on the training data, of the model's run that reported last.", p => p.TrainingLoss);
        Latest("validation_loss", "Loss on the validation data, of the model's run that reported last.", p => p.ValidationLoss);
        Latest("ewc_lambda", "Weight of elastic weight consolidation.", p => p.EwcLambda);
        Latest("training_learning_rate", "The learning rate.", p => p.LearningRate);
        Latest("fisher_matrix_size_bytes", "Bytes that the Fisher matrix takes.", p => p.FisherMatrixSizeBytes);
        Latest("replay_buffer_size", "Samples in the replay buffer.", p => p.ReplayBufferSize);
        Latest("replay_buffer_capacity", "Samples that fit into the replay buffer.", p => p.ReplayBufferCapacity);
        _meter.CreateObservableGauge("training_run_fault", Faults, null, "What is wrong with the model's run that reported last: 0 nothing, 1 it stalls, 2 it diverges.");
        _ended = _meter.CreateCounter<long>("training_runs_total", null, "Training runs that ended, by how: succeeded, failed, cancelled.");
        _samples = _meter.CreateCounter<long>("training_samples_total", null, "Samples trained on.");
        _duration = _meter.CreateHistogram(
            "training_duration_seconds", null, "Time from begin to end of a training run.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 10, 60, 300, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400, 259_200] });
    }

    /// <summary>Takes a run as it is now.</summary>
    public void Publish(TrainingRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        _runs[(run.Tenant, run.Model)] = run;
    }

    /// <summary>Takes a run off the gauges, unless another one of its model took its place.</summary>
    public void Remove(TrainingRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (_runs.TryGetValue((run.Tenant, run.Model), out var shown) && shown.Id == run.Id)
            _runs.TryRemove(KeyValuePair.Create((run.Tenant, run.Model), shown));
    }

    /// <summary>Samples were trained on.</summary>
    public void Trained(TrainingRun run, long samples)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (samples > 0)
            _samples.Add(samples, Tag("tenant", run.Tenant), Tag("model", run.Model));
    }

    /// <summary>A run ended.</summary>
    public void Ended(TrainingRun run)
    {
        Publish(run);
        _ended.Add(1, Tag("status", JsonNamingPolicy.SnakeCaseLower.ConvertName(run.Status.ToString())), Tag("tenant", run.Tenant), Tag("model", run.Model));
        _duration.Record(Math.Max(0, ((run.FinishedAt ?? run.StartedAt) - run.StartedAt).TotalSeconds), Tag("tenant", run.Tenant), Tag("model", run.Model));
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private void Latest(string name, string description, Func<TrainingPoint, double?> value) =>
        _meter.CreateObservableGauge(
            name,
            () => from run in _runs.Values
                  let x = value(run.Latest)
                  where x is not null
                  select new Measurement<double>(x.Value, Tag("tenant", run.Tenant), Tag("model", run.Model)),
            null,
            description);

    private IEnumerable<Measurement<int>> Faults() =>
        from run in _runs.Values
        where run.Status == TrainingStatus.Running
        select new Measurement<int>((int)run.Fault, Tag("tenant", run.Tenant), Tag("model", run.Model));
}
