using System.Globalization;
using Microsoft.Extensions.Options;

namespace Drift.Storage.Journal;

internal sealed class JournalOptionsValidator : IValidateOptions<JournalOptions>
{
    public ValidateOptionsResult Validate(string? name, JournalOptions options)
    {
        var failures = new List<string>();
        Check(nameof(options.MaxPending), options.MaxPending, 1, 1_000_000);
        Check(nameof(options.MaxPendingBytes), options.MaxPendingBytes, 1L << 20, 64L << 30);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(string key, long value, long least, long most)
        {
            if (value < least || value > most)
            {
                failures.Add(string.Create(
                    CultureInfo.InvariantCulture, $"{JournalOptions.SectionName}:{key} must be from {least} to {most}, but is {value}."));
            }
        }
    }
}
