using Microsoft.Extensions.Options;

namespace Drift.Delivery;

/// <summary>Checks <see cref="DeliveryOptions"/>; all faults at once, each with its configuration key.</summary>
internal sealed class DeliveryOptionsValidator : IValidateOptions<DeliveryOptions>
{
    public ValidateOptionsResult Validate(string? name, DeliveryOptions options)
    {
        var faults = new List<string>();
        void Between(TimeSpan value, TimeSpan least, TimeSpan most, string key)
        {
            if (value < least || value > most)
                faults.Add($"{DeliveryOptions.SectionName}:{key} is {value}, must be {least} to {most}.");
        }

        var least = TimeSpan.FromMilliseconds(10);
        Between(options.PollInterval, least, TimeSpan.FromMinutes(1), nameof(options.PollInterval));
        Between(options.Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5), nameof(options.Timeout));
        Between(options.RetryDelay, least, TimeSpan.FromHours(1), nameof(options.RetryDelay));
        Between(options.MaxRetryDelay, least, TimeSpan.FromDays(1), nameof(options.MaxRetryDelay));
        Between(options.GiveUpAfter, TimeSpan.FromSeconds(1), TimeSpan.FromDays(30), nameof(options.GiveUpAfter));
        if (options.MaxRetryDelay < options.RetryDelay)
            faults.Add($"{DeliveryOptions.SectionName}:{nameof(options.MaxRetryDelay)} is {options.MaxRetryDelay}, must be at least {nameof(options.RetryDelay)}, which is {options.RetryDelay}.");
        if (options.MaxConcurrent is < 1 or > 100)
            faults.Add($"{DeliveryOptions.SectionName}:{nameof(options.MaxConcurrent)} is {options.MaxConcurrent}, must be 1 to 100.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
