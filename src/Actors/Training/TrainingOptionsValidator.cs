using Microsoft.Extensions.Options;

namespace Drift.Actors.Training;

/// <summary>Checks <see cref="TrainingOptions"/>; all faults at once, each with its configuration key.</summary>
public sealed class TrainingOptionsValidator : IValidateOptions<TrainingOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var faults = new List<string>();
        if (options.StallAfter < TimeSpan.FromSeconds(1) || options.StallAfter > TimeSpan.FromDays(7))
            faults.Add($"{TrainingOptions.SectionName}:{nameof(options.StallAfter)} is {options.StallAfter}, must be 00:00:01 to 7.00:00:00.");
        if (options.AbandonAfter < options.StallAfter || options.AbandonAfter > TimeSpan.FromDays(90))
            faults.Add($"{TrainingOptions.SectionName}:{nameof(options.AbandonAfter)} is {options.AbandonAfter}, must be at least {nameof(options.StallAfter)}, which is {options.StallAfter}, and at most 90.00:00:00.");
        if (options.DivergenceFactor is not (> 1 and <= 1000))
            faults.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{TrainingOptions.SectionName}:{nameof(options.DivergenceFactor)} is {options.DivergenceFactor}, must be above 1 and at most 1000."));
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
