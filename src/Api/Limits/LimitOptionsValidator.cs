using System.Globalization;
using Drift.Actors;
using Microsoft.Extensions.Options;

namespace Drift.Api.Limits;

/// <summary>Names every key of <see cref="LimitOptions"/> that cannot work, of all tenants, and the value received.</summary>
internal sealed class LimitOptionsValidator : IValidateOptions<LimitOptions>
{
    public ValidateOptionsResult Validate(string? name, LimitOptions options)
    {
        var failures = new List<string>();
        var everyone = new TenantLimitOptions
        {
            RowsPerSecond = options.RowsPerSecond,
            BytesPerSecond = options.BytesPerSecond,
            Burst = options.Burst,
            MaxModels = options.MaxModels,
            MaxColumns = options.MaxColumns,
            RequestsPerModel = options.RequestsPerModel,
            RequestsPerTenant = options.RequestsPerTenant,
        };
        Check(LimitOptions.SectionName, everyone, failures);
        foreach (var (tenant, own) in options.Tenants.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            var section = $"{LimitOptions.SectionName}:{nameof(options.Tenants)}:{tenant}";
            if (!ModelId.IsName(tenant))
                failures.Add($"{section} names no tenant; a tenant is 1 to {ModelId.MaxLength} of A-Z a-z 0-9 . _ - and starts with a letter or digit.");
            Check(section, own, failures);
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void Check(string section, TenantLimitOptions limits, List<string> failures)
    {
        Require(limits.RowsPerSecond is null or (>= 0 and <= 1e9), nameof(limits.RowsPerSecond), limits.RowsPerSecond, "0 (no limit) to 1000000000");
        Require(limits.BytesPerSecond is null or (>= 0 and <= 1e12), nameof(limits.BytesPerSecond), limits.BytesPerSecond, "0 (no limit) to 1000000000000");
        Require(
            limits.Burst is null || (limits.Burst >= TimeSpan.FromSeconds(1) && limits.Burst <= TimeSpan.FromHours(1)),
            nameof(limits.Burst),
            limits.Burst,
            "00:00:01 to 01:00:00");
        Require(limits.MaxModels is null or >= 0, nameof(limits.MaxModels), limits.MaxModels, "0 (no limit) or more");
        Require(limits.MaxColumns is null or >= 0, nameof(limits.MaxColumns), limits.MaxColumns, "0 (no limit) or more");
        Require(limits.RequestsPerModel is null or >= 0, nameof(limits.RequestsPerModel), limits.RequestsPerModel, "0 (no limit) or more");
        Require(limits.RequestsPerTenant is null or >= 0, nameof(limits.RequestsPerTenant), limits.RequestsPerTenant, "0 (no limit) or more");

        void Require(bool right, string key, object? value, string wanted)
        {
            if (!right)
                failures.Add(string.Create(CultureInfo.InvariantCulture, $"{section}:{key} is {value}; it must be {wanted}."));
        }
    }
}
