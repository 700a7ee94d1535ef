using Drift.Actors.Adapters;
using Drift.Delivery.Http;
using Microsoft.Extensions.Options;

namespace Drift.Delivery.Deployers;

/// <summary>Checks the deployers; all faults at once, each with its configuration key, none with its secrets.</summary>
internal sealed class DeployerOptionsValidator(IOptions<DeliveryOptions> delivery) : IValidateOptions<DeployerOptions>
{
    public ValidateOptionsResult Validate(string? name, DeployerOptions options)
    {
        var faults = new List<string>();
        foreach (var (deployer, entry) in options.Deployers)
            Check($"{DeployerOptions.SectionName}:{deployer}", deployer, entry, faults);
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private void Check(string key, string name, DeployerEntry entry, List<string> faults)
    {
        if (!DestinationName.IsOne(name))
            faults.Add($"{key}: a deployer's name must be {DestinationName.Rule}.");
        else if (name == DeploymentRequest.NoDeployer)
            faults.Add($"{key}: '{name}' stands for no deployer; choose another name.");
        if (!Enum.IsDefined(entry.Kind))
            faults.Add($"{key}:{nameof(entry.Kind)} is {(int)entry.Kind}, must be vllm or webhook.");
        if (entry.Urls.Count == 0)
            faults.Add($"{key}:{nameof(entry.Url)} is missing.");
        if (entry.Kind == DeployerKind.Webhook && entry.Urls.Count > 1)
            faults.Add($"{key}:{nameof(entry.Url)} has {entry.Urls.Count} addresses; a webhook has one, configure a deployer for each.");
        foreach (var url in entry.Urls)
        {
            if (DestinationUrl.Fault($"{key}:{nameof(entry.Url)}", url, Delivery) is { } fault)
                faults.Add(fault);
        }

        if (entry.Kind == DeployerKind.Webhook && WebhookSecret.Fault($"{key}:{nameof(entry.Secret)}", entry.Secret, "messages are signed with it") is { } secret)
            faults.Add(secret);
        Between(entry.Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1), $"{key}:{nameof(entry.Timeout)}", faults);
        Between(entry.GiveUpAfter, TimeSpan.FromSeconds(1), TimeSpan.FromDays(30), $"{key}:{nameof(entry.GiveUpAfter)}", faults);
        Between(entry.CheckInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1), $"{key}:{nameof(entry.CheckInterval)}", faults);
    }

    private DeliveryOptions Delivery => DestinationUrl.Limits(delivery);

    private static void Between(TimeSpan value, TimeSpan least, TimeSpan most, string key, List<string> faults)
    {
        if (value < least || value > most)
            faults.Add($"{key} is {value}, must be {least} to {most}.");
    }
}
