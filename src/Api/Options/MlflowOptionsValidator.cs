using System.Text;
using Drift.Actors;
using Drift.Core.Adapters;
using Microsoft.Extensions.Options;

namespace Drift.Api.Options;

/// <summary>Checks <see cref="MlflowOptions"/>; all faults at once, each with its configuration key, none with its secret.</summary>
internal sealed class MlflowOptionsValidator : IValidateOptions<MlflowOptions>
{
    private const int MinSecretBytes = 16;

    public ValidateOptionsResult Validate(string? name, MlflowOptions options)
    {
        var faults = new List<string>();
        if (options.Secret is { } secret && Encoding.UTF8.GetByteCount(secret) is var length and < MinSecretBytes)
            faults.Add($"{MlflowOptions.SectionName}:{nameof(options.Secret)} has {length} bytes, must have {MinSecretBytes} or more. Make one with 'openssl rand -base64 24'.");
        if (!ModelId.IsName(options.Tenant))
            faults.Add($"{MlflowOptions.SectionName}:{nameof(options.Tenant)} is '{options.Tenant}', must be 1 to {ModelId.MaxLength} of A-Z a-z 0-9 . _ - and start with a letter or digit.");
        if (options.MaxAge < TimeSpan.FromSeconds(1) || options.MaxAge > TimeSpan.FromHours(1))
            faults.Add($"{MlflowOptions.SectionName}:{nameof(options.MaxAge)} is {options.MaxAge}, must be 00:00:01 to 01:00:00.");
        foreach (var (registered, model) in options.Models)
        {
            var key = $"{MlflowOptions.SectionName}:{nameof(options.Models)}:{registered}";
            if (!BaseModel.IsName(model.BaseModel))
                faults.Add($"{key}:{nameof(model.BaseModel)} is '{model.BaseModel}', must be {BaseModel.Rule}.");
            if (model.Model is not null && !ModelId.IsName(model.Model))
                faults.Add($"{key}:{nameof(model.Model)} is '{model.Model}', must be 1 to {ModelId.MaxLength} of A-Z a-z 0-9 . _ - and start with a letter or digit.");
            if (!model.Version.Contains("{version}", StringComparison.Ordinal) || !ModelId.IsName(model.Version.Replace("{version}", "1", StringComparison.Ordinal)))
                faults.Add($"{key}:{nameof(model.Version)} is '{model.Version}', must hold {{version}} and otherwise be of A-Z a-z 0-9 . _ - and start with a letter, a digit or {{version}}.");
        }

        foreach (var twins in options.Models.GroupBy(m => (m.Value.BaseModel, m.Value.Version)).Where(g => g.Count() > 1))
        {
            faults.Add(
                $"{MlflowOptions.SectionName}:{nameof(options.Models)}: {string.Join(" and ", twins.Select(t => $"'{t.Key}'"))} would give their versions the same names "
                + $"within '{twins.Key.BaseModel}'; set {nameof(MlflowModel.Version)} of one, such as '{twins.First().Key}-{{version}}'.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
