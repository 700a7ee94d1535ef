using Microsoft.Extensions.Options;

namespace Drift.Telemetry.Exposition;

/// <summary>Refuses options that <see cref="MetricRegistry"/> cannot work with; names every failing key and the value received.</summary>
public sealed class MetricRegistryOptionsValidator : IValidateOptions<MetricRegistryOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, MetricRegistryOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = new List<string>();
        for (var i = 0; i < options.Meters.Count; i++)
        {
            var meter = options.Meters[i];
            if (string.IsNullOrWhiteSpace(meter) || meter.AsSpan(0, meter.Length - 1).Contains('*'))
            {
                failures.Add(
                    $"{MetricRegistryOptions.SectionName}:{nameof(options.Meters)}:{i} is '{meter}'; "
                    + "it must be a meter's name, or a prefix of one followed by '*'.");
            }
        }

        if (options.MaxSeriesPerInstrument < 1)
        {
            failures.Add(
                $"{MetricRegistryOptions.SectionName}:{nameof(options.MaxSeriesPerInstrument)} is {options.MaxSeriesPerInstrument}; "
                + "it must be at least 1.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
