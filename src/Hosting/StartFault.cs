using Drift.Actors;
using Drift.Storage;
using Microsoft.Extensions.Options;

namespace Drift.Hosting;

/// <summary>Says in words why a host cannot start.</summary>
public static class StartFault
{
    /// <summary>What an operator can do about it; null when the fault is ours.</summary>
    public static string? Explain(Exception exception) => exception switch
    {
        OptionsValidationException e => Misconfigured(e.Failures),
        AggregateException e when e.InnerExceptions.All(i => i is OptionsValidationException) =>
            Misconfigured(e.InnerExceptions.Cast<OptionsValidationException>().SelectMany(i => i.Failures)),
        // A value that is no number, time or truth value; the binder names the key and the value.
        InvalidOperationException { InnerException: FormatException or ArgumentException } e => Misconfigured([e.Message]),
        // The same within a part that has a name of its own, or a member that it does not have.
        InvalidOperationException { InnerException: InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } e } => Misconfigured([e.Message]),
        // The same for a whole part: a text where members are expected.
        InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder", InnerException: null } e => Misconfigured([e.Message]),
        ArgumentException { Source: "System.Data.Common" or "Npgsql" } e => $"Not started: ConnectionStrings:Drift cannot be read: {e.Message}",
        MigrationException or DriftException or IOException => $"Not started: {exception.Message}",
        _ => null,
    };

    private static string Misconfigured(IEnumerable<string> faults) =>
        $"Not started, the configuration cannot work:{Environment.NewLine}  {string.Join(Environment.NewLine + "  ", faults)}";
}
