using Microsoft.Extensions.Options;

namespace Drift.Actors;

/// <summary>Checks <see cref="ActorOptions"/>; all faults at once, each with its configuration key.</summary>
public sealed class ActorOptionsValidator : IValidateOptions<ActorOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ActorOptions options)
    {
        var faults = new List<string>();
        void Between(TimeSpan value, TimeSpan least, TimeSpan most, string key)
        {
            if (value < least || value > most)
                faults.Add($"{ActorOptions.SectionName}:{key} is {value}, must be {least} to {most}.");
        }

        Between(options.EvaluationInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1), nameof(options.EvaluationInterval));
        Between(options.IdleEvaluationInterval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), nameof(options.IdleEvaluationInterval));
        Between(options.HistoryInterval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), nameof(options.HistoryInterval));
        Between(options.IdempotencyHorizon, TimeSpan.FromMinutes(1), TimeSpan.FromDays(30), nameof(options.IdempotencyHorizon));
        Between(options.IdleTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromDays(7), nameof(options.IdleTimeout));
        Between(options.WakeInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1), nameof(options.WakeInterval));
        if (options.SnapshotEvery is < 1 or > 100_000)
            faults.Add($"{ActorOptions.SectionName}:{nameof(options.SnapshotEvery)} is {options.SnapshotEvery}, must be 1 to 100000.");
        if (options.IdempotencyBatches is < 1_000 or > 20_000_000)
            faults.Add($"{ActorOptions.SectionName}:{nameof(options.IdempotencyBatches)} is {options.IdempotencyBatches}, must be 1000 to 20000000.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
