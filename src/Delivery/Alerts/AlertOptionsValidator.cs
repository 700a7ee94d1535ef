using Drift.Delivery.Http;
using Microsoft.Extensions.Options;

namespace Drift.Delivery.Alerts;

/// <summary>Checks who is told of alerts; all faults of a section at once, each with its configuration key, none with its secrets.</summary>
internal sealed class AlertOptionsValidator(IOptions<DeliveryOptions> delivery)
    : IValidateOptions<AlertOptions>, IValidateOptions<WebhookOptions>, IValidateOptions<SlackOptions>, IValidateOptions<AlertmanagerOptions>
{
    public ValidateOptionsResult Validate(string? name, AlertOptions options) => Result(
        options.ExternalUrl is null || (Uri.TryCreate(options.ExternalUrl, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
            ? []
            : [$"{AlertOptions.SectionName}:{nameof(options.ExternalUrl)} is '{options.ExternalUrl}', must be an address that begins with http:// or https://."]);

    public ValidateOptionsResult Validate(string? name, WebhookOptions options)
    {
        var faults = new List<string>();
        var names = new HashSet<string>(StringComparer.Ordinal) { AlertDestinations.Slack, AlertDestinations.Alertmanager };
        for (var i = 0; i < options.Webhooks.Count; i++)
        {
            var key = $"{WebhookOptions.SectionName}:{i}";
            var webhook = options.Webhooks[i];
            if (!WebhookRules.IsName(options.NameAt(i)))
                faults.Add($"{key}:{nameof(webhook.Name)} is '{webhook.Name}', must be 1 to 63 of a-z 0-9 - _, starting with a letter or digit.");
            else if (!names.Add(options.NameAt(i)) || options.NameAt(i).StartsWith(AlertDestinations.Alertmanager, StringComparison.Ordinal))
                faults.Add($"{key}:{nameof(webhook.Name)} is '{options.NameAt(i)}', which another destination is called.");
            if (DestinationUrl.Fault($"{key}:{nameof(webhook.Url)}", webhook.Url, WebhookRules.Known(delivery)) is { } fault)
                faults.Add(fault);
            if (WebhookRules.SecretFault($"{key}:{nameof(webhook.Secret)}", webhook.Secret, "alerts are signed with it") is { } secret)
                faults.Add(secret);
        }

        return Result(faults);
    }

    public ValidateOptionsResult Validate(string? name, SlackOptions options) => Result(
        options.Url is { Length: > 0 } url && DestinationUrl.Fault($"{SlackOptions.SectionName}:{nameof(options.Url)}", url, WebhookRules.Known(delivery)) is { } fault ? [fault] : []);

    public ValidateOptionsResult Validate(string? name, AlertmanagerOptions options)
    {
        var faults = options.Urls
            .Select(url => DestinationUrl.Fault($"{AlertmanagerOptions.SectionName}:{nameof(options.Url)}", url, WebhookRules.Known(delivery)))
            .OfType<string>()
            .ToList();
        if (options.ResendInterval < TimeSpan.FromMilliseconds(100) || options.ResendInterval > TimeSpan.FromHours(1))
            faults.Add($"{AlertmanagerOptions.SectionName}:{nameof(options.ResendInterval)} is {options.ResendInterval}, must be 00:00:00.1000000 to 01:00:00.");
        return Result(faults);
    }

    private static ValidateOptionsResult Result(IReadOnlyCollection<string> faults) =>
        faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
}
