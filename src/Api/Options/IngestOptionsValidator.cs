using Microsoft.Extensions.Options;

namespace Drift.Api.Options;

/// <summary>Names every key of <see cref="IngestOptions"/> that cannot work and the value received.</summary>
internal sealed class IngestOptionsValidator : IValidateOptions<IngestOptions>
{
    public ValidateOptionsResult Validate(string? name, IngestOptions options)
    {
        var failures = new List<string>();
        void Require(bool right, string key, object value, string wanted)
        {
            if (!right)
                failures.Add($"{IngestOptions.SectionName}:{key} is {value}; it must be {wanted}.");
        }

        Require(options.MaxBodyBytes is >= 1024 and <= 1L << 30, nameof(options.MaxBodyBytes), options.MaxBodyBytes, "1024 to 1073741824");
        Require(options.MaxRows is >= 1 and <= 1_000_000, nameof(options.MaxRows), options.MaxRows, "1 to 1000000");
        Require(options.MaxColumns is >= 1 and <= 10_000, nameof(options.MaxColumns), options.MaxColumns, "1 to 10000");
        Require(options.MaxCells >= 1000, nameof(options.MaxCells), options.MaxCells, "at least 1000");
        Require(
            options.MaxCellBytes >= 1 && options.MaxCellBytes <= options.MaxBodyBytes,
            nameof(options.MaxCellBytes),
            options.MaxCellBytes,
            $"at least 1 and at most MaxBodyBytes ({options.MaxBodyBytes})");
        Require(
            options.MaxFutureSkew >= TimeSpan.Zero && options.MaxFutureSkew <= TimeSpan.FromDays(1),
            nameof(options.MaxFutureSkew),
            options.MaxFutureSkew,
            "00:00:00 to 1.00:00:00");
        Require(
            options.PlanCacheTime >= TimeSpan.Zero && options.PlanCacheTime <= TimeSpan.FromMinutes(10),
            nameof(options.PlanCacheTime),
            options.PlanCacheTime,
            "00:00:00 to 00:10:00");
        Require(options.StreamChunkRows is >= 1 and <= 1_000_000, nameof(options.StreamChunkRows), options.StreamChunkRows, "1 to 1000000");
        Require(options.StreamChunkBytes is >= 65_536 and <= 1 << 28, nameof(options.StreamChunkBytes), options.StreamChunkBytes, "65536 to 268435456");
        Require(
            options.StreamRowBytes >= 1024 && options.StreamRowBytes <= options.StreamChunkBytes,
            nameof(options.StreamRowBytes),
            options.StreamRowBytes,
            $"1024 to StreamChunkBytes ({options.StreamChunkBytes})");
        Require(options.MaxWaitingBatches is >= 1 and <= 1_000_000, nameof(options.MaxWaitingBatches), options.MaxWaitingBatches, "1 to 1000000");
        Require(options.MaxWaitingBytes is >= 1L << 20 and <= 64L << 30, nameof(options.MaxWaitingBytes), options.MaxWaitingBytes, "1048576 to 68719476736");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
