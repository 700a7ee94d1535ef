using System.Globalization;
using Microsoft.Extensions.Options;

namespace Drift.Storage;

internal sealed class RetentionOptionsValidator : IValidateOptions<RetentionOptions>
{
    private static readonly TimeSpan ShortestKeep = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestKeep = TimeSpan.FromDays(36_500);

    public ValidateOptionsResult Validate(string? name, RetentionOptions options)
    {
        var failures = new List<string>();
        Check(nameof(options.DriftMetrics), options.DriftMetrics, ShortestKeep, LongestKeep);
        Check(nameof(options.Predictions), options.Predictions, ShortestKeep, LongestKeep);
        Check(nameof(options.Alerts), options.Alerts, ShortestKeep, LongestKeep);
        Check(nameof(options.Outbox), options.Outbox, ShortestKeep, LongestKeep);
        Check(nameof(options.GpuRaw), options.GpuRaw, TimeSpan.FromHours(2), LongestKeep);
        Check(nameof(options.GpuMinutes), options.GpuMinutes, TimeSpan.FromDays(1), LongestKeep);
        Check(nameof(options.GpuHours), options.GpuHours, TimeSpan.FromDays(1), LongestKeep);
        Check(nameof(options.Triggers), options.Triggers, TimeSpan.FromDays(1), LongestKeep);
        Check(nameof(options.Training), options.Training, TimeSpan.FromDays(1), LongestKeep);
        Check(nameof(options.Interval), options.Interval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(string key, TimeSpan value, TimeSpan least, TimeSpan most)
        {
            if (value < least || value > most)
            {
                failures.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{RetentionOptions.SectionName}:{key} must be from {least:c} to {most:c} (days.hours:minutes:seconds), but is '{value:c}'."));
            }
        }
    }
}
