using Microsoft.Extensions.Options;

namespace Drift.Grains.Calls;

/// <summary>Refuses deadlines out of range.</summary>
public sealed class CallOptionsValidator : IValidateOptions<CallOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, CallOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Deadline >= TimeSpan.FromSeconds(1) && options.Deadline <= TimeSpan.FromMinutes(5)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{CallOptions.SectionName}:{nameof(CallOptions.Deadline)} is {options.Deadline}, it must be 00:00:01 to 00:05:00.");
    }
}
