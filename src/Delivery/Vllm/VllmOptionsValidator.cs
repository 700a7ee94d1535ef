using Drift.Delivery.Http;
using Microsoft.Extensions.Options;

namespace Drift.Delivery.Vllm;

/// <summary>Checks <see cref="VllmOptions"/>; all faults at once, each with its configuration key, none with its secrets.</summary>
internal sealed class VllmOptionsValidator(IOptions<DeliveryOptions> delivery) : IValidateOptions<VllmOptions>
{
    public ValidateOptionsResult Validate(string? name, VllmOptions options)
    {
        var faults = new List<string>();
        Between(options.Interval, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1), nameof(options.Interval));
        Between(options.Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5), nameof(options.Timeout));
        foreach (var (target, entry) in options.Targets)
        {
            var key = $"{VllmOptions.SectionName}:{nameof(options.Targets)}:{target}";
            if (!DestinationName.IsOne(target))
                faults.Add($"{key}: a target's name must be {DestinationName.Rule}.");
            if (DestinationUrl.Fault($"{key}:{nameof(entry.Url)}", entry.Url, DestinationUrl.Limits(delivery)) is { } fault)
                faults.Add(fault);
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void Between(TimeSpan value, TimeSpan least, TimeSpan most, string key)
        {
            if (value < least || value > most)
                faults.Add($"{VllmOptions.SectionName}:{key} is {value}, must be {least} to {most}.");
        }
    }
}
