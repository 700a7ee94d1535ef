using Microsoft.Extensions.Options;

namespace Drift.Actors.Gpus;

/// <summary>Names every key of <see cref="GpuActorOptions"/> that cannot work and the value received.</summary>
public sealed class GpuActorOptionsValidator : IValidateOptions<GpuActorOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, GpuActorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = new List<string>();
        Check(nameof(options.WriteInterval), options.WriteInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        Check(nameof(options.SilentAfter), options.SilentAfter, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        Check(nameof(options.ForgetAfter), options.ForgetAfter, TimeSpan.FromMinutes(1), TimeSpan.FromDays(365));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(string key, TimeSpan value, TimeSpan least, TimeSpan most)
        {
            if (value < least || value > most)
                failures.Add($"{GpuActorOptions.SectionName}:{key} is {value}; it must be {least} to {most}.");
        }
    }
}
