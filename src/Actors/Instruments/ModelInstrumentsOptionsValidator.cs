using Microsoft.Extensions.Options;

namespace Drift.Actors.Instruments;

/// <summary>Checks <see cref="ModelInstrumentsOptions"/>.</summary>
public sealed class ModelInstrumentsOptionsValidator : IValidateOptions<ModelInstrumentsOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ModelInstrumentsOptions options) => options.MaxFeatureSeries is >= 0 and <= 10_000
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail(
            $"{ModelInstrumentsOptions.SectionName}:{nameof(options.MaxFeatureSeries)} is {options.MaxFeatureSeries}, must be 0 to 10000.");
}
