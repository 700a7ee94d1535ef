using System.CommandLine;
using Drift.Standalone.Client;

namespace Drift.Standalone.Commands;

/// <summary>Runs a parsed command line and turns what goes wrong into one message and an exit code.</summary>
internal static class Cli
{
    /// <summary>Done, and (<c>compare</c>) no drift.</summary>
    public const int Ok = 0;

    /// <summary><c>compare</c> found drift. Nothing else ends with 1, so that a script can tell drift from a mistake.</summary>
    public const int Drift = 1;

    /// <summary>Not done: wrong arguments, an unreadable file, no server, too few rows for a verdict.</summary>
    public const int Error = 2;

    /// <summary>Ended by Ctrl+C.</summary>
    public const int Cancelled = 130;

    /// <summary>Parses and runs a command line.</summary>
    /// <param name="root">The command with its verbs.</param>
    /// <param name="args">The arguments.</param>
    /// <param name="output">Where results go; null for the console.</param>
    /// <param name="error">Where complaints go; null for the console.</param>
    /// <param name="cancellationToken">Ends the command; Ctrl+C does so as well.</param>
    public static async Task<int> RunAsync(
        Command root, IReadOnlyList<string> args, TextWriter? output = null, TextWriter? error = null, CancellationToken cancellationToken = default)
    {
        var invocation = new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            Output = output ?? Console.Out,
            Error = error ?? Console.Error,
        };
        var parsed = root.Parse(args);
        try
        {
            var code = await parsed.InvokeAsync(invocation, cancellationToken);
            // The library's own code for a line that does not parse is 1, which means drift here.
            return parsed.Errors.Count > 0 ? Error : code;
        }
        catch (Exception e) when (e is CommandException or DriftApiException)
        {
            await invocation.Error.WriteLineAsync(e.Message);
            return Error;
        }
        catch (OperationCanceledException)
        {
            return Cancelled;
        }
        catch (Exception e)
        {
            await invocation.Error.WriteLineAsync($"Unexpected: {e}");
            return Error;
        }
    }
}
