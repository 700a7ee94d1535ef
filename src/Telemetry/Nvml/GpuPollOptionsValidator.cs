using Drift.Core.Gpus;
using Microsoft.Extensions.Options;

namespace Drift.Telemetry.Nvml;

/// <summary>Names every key of <see cref="GpuPollOptions"/> that cannot work and the value received.</summary>
public sealed class GpuPollOptionsValidator : IValidateOptions<GpuPollOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, GpuPollOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = new List<string>();
        if (options.Interval < TimeSpan.FromMilliseconds(100) || options.Interval > TimeSpan.FromMinutes(10))
            failures.Add($"{GpuPollOptions.SectionName}:{nameof(options.Interval)} is {options.Interval}; it must be 00:00:00.1 to 00:10:00.");
        if (options.Timeout < TimeSpan.FromMilliseconds(100) || options.Timeout > TimeSpan.FromMinutes(10))
            failures.Add($"{GpuPollOptions.SectionName}:{nameof(options.Timeout)} is {options.Timeout}; it must be 00:00:00.1 to 00:10:00.");
        if (options.Enabled && !GpuNode.IsName(options.NodeName))
        {
            failures.Add(
                $"{GpuPollOptions.SectionName}:{nameof(options.Node)} is '{options.NodeName}'; it must be 1 to {GpuNode.MaxNameLength} of A-Z a-z 0-9 . _ - "
                + "and start with a letter or digit.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
