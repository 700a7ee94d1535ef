using Microsoft.Extensions.Options;

namespace Drift.Api.Options;

/// <summary>Names every key of <see cref="ApiOptions"/> that cannot work and the value received.</summary>
internal sealed class ApiOptionsValidator : IValidateOptions<ApiOptions>
{
    public ValidateOptionsResult Validate(string? name, ApiOptions options)
    {
        var failures = new List<string>();
        if (options.EventsHeartbeat < TimeSpan.FromMilliseconds(100) || options.EventsHeartbeat > TimeSpan.FromMinutes(5))
            failures.Add($"{ApiOptions.SectionName}:{nameof(options.EventsHeartbeat)} is {options.EventsHeartbeat}; it must be 00:00:00.1 to 00:05:00.");
        if (options.MaxConcurrentModels is < 1 or > 256)
            failures.Add($"{ApiOptions.SectionName}:{nameof(options.MaxConcurrentModels)} is {options.MaxConcurrentModels}; it must be 1 to 256.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
