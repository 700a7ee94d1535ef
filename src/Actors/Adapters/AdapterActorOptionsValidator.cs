using Microsoft.Extensions.Options;

namespace Drift.Actors.Adapters;

/// <summary>Checks <see cref="AdapterActorOptions"/>; all faults at once, each with its configuration key.</summary>
public sealed class AdapterActorOptionsValidator : IValidateOptions<AdapterActorOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, AdapterActorOptions options)
    {
        var faults = new List<string>();
        void Between(TimeSpan value, TimeSpan least, TimeSpan most, string key)
        {
            if (value < least || value > most)
                faults.Add($"{AdapterActorOptions.SectionName}:{key} is {value}, must be {least} to {most}.");
        }

        Between(options.EvaluationInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), nameof(options.EvaluationInterval));
        Between(options.PerformanceInterval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), nameof(options.PerformanceInterval));
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
