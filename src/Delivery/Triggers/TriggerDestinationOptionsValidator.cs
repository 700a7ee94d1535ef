using Drift.Delivery.Http;
using Microsoft.Extensions.Options;

namespace Drift.Delivery.Triggers;

/// <summary>Checks the trainers; all faults at once, each with its configuration key, none with its secrets.</summary>
internal sealed class TriggerDestinationOptionsValidator(IOptions<DeliveryOptions> delivery) : IValidateOptions<TriggerDestinationOptions>
{
    public ValidateOptionsResult Validate(string? name, TriggerDestinationOptions options)
    {
        var faults = new List<string>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < options.Destinations.Count; i++)
        {
            var key = $"{TriggerDestinationOptions.SectionName}:{i}";
            var destination = options.Destinations[i];
            if (!WebhookRules.IsName(options.NameAt(i)))
                faults.Add($"{key}:{nameof(destination.Name)} is '{destination.Name}', must be 1 to 63 of a-z 0-9 - _, starting with a letter or digit.");
            else if (!names.Add(options.NameAt(i)))
                faults.Add($"{key}:{nameof(destination.Name)} is '{options.NameAt(i)}', which another destination is called.");
            if (DestinationUrl.Fault($"{key}:{nameof(destination.Url)}", destination.Url, WebhookRules.Known(delivery)) is { } fault)
                faults.Add(fault);
            if (WebhookRules.SecretFault($"{key}:{nameof(destination.Secret)}", destination.Secret, "triggers and call-backs are signed with it") is { } secret)
                faults.Add(secret);
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
