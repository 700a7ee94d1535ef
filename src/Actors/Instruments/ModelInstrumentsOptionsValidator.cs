using Microsoft.Extensions.Options;

namespace Drift.Actors.Instruments;

/// <summary>Checks <see cref="ModelInstrumentsOptions"/>; all faults at once, each with its configuration key.</summary>
public sealed class ModelInstrumentsOptionsValidator : IValidateOptions<ModelInstrumentsOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ModelInstrumentsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var faults = new List<string>();
        if (options.MaxFeatureSeries is < 0 or > 10_000)
            faults.Add($"{ModelInstrumentsOptions.SectionName}:{nameof(options.MaxFeatureSeries)} is {options.MaxFeatureSeries}, must be 0 to 10000.");
        if (options.MaxAdapterSeries is < 0 or > 1_000)
            faults.Add($"{ModelInstrumentsOptions.SectionName}:{nameof(options.MaxAdapterSeries)} is {options.MaxAdapterSeries}, must be 0 to 1000.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
