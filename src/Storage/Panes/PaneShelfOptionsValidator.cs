using System.Globalization;
using Microsoft.Extensions.Options;

namespace Drift.Storage.Panes;

internal sealed class PaneShelfOptionsValidator : IValidateOptions<PaneShelfOptions>
{
    private const long OneTebibyte = 1L << 40;

    public ValidateOptionsResult Validate(string? name, PaneShelfOptions options)
    {
        var failures = new List<string>();
        Check(nameof(options.MaxBytes), options.MaxBytes, 1L << 20);
        Check(nameof(options.MinFreeBytes), options.MinFreeBytes, 0);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(string key, long value, long least)
        {
            if (value < least || value > OneTebibyte)
            {
                failures.Add(string.Create(
                    CultureInfo.InvariantCulture, $"{PaneShelfOptions.SectionName}:{key} must be from {least} to {OneTebibyte}, but is {value}."));
            }
        }
    }
}
