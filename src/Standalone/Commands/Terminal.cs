using Spectre.Console;

namespace Drift.Standalone.Commands;

/// <summary>Makes the console that a command writes to: colours and live displays on a terminal, plain lines elsewhere.</summary>
internal static class Terminal
{
    // A pipe has no width of its own; lines are then as long as they need to be.
    private const int Unlimited = 100_000;

    /// <summary>The console of a writer.</summary>
    public static IAnsiConsole Of(TextWriter writer)
    {
        var isTerminal = IsTerminal(writer);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
            // CI systems are taken for terminals by default.
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        if (isTerminal && Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 })
            console.Profile.Capabilities.ColorSystem = ColorSystem.NoColors;
        if (!isTerminal)
            console.Profile.Width = Unlimited;
        return console;
    }

    /// <summary>Whether a writer writes to a terminal.</summary>
    public static bool IsTerminal(TextWriter writer) =>
        (ReferenceEquals(writer, Console.Out) && !Console.IsOutputRedirected) || (ReferenceEquals(writer, Console.Error) && !Console.IsErrorRedirected);
}
