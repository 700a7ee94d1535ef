namespace Drift.Load;

/// <summary>How models spread over silos, and how soon a row is taken after all silos went.</summary>
/// <param name="Models">How many models.</param>
/// <param name="Worst">By how much the silo that is furthest off has more or fewer than its equal share when all are registered; 0 is none.</param>
/// <param name="AfterStop">From the start of all silos after SIGTERM to the first row with 2xx.</param>
/// <param name="AfterKill">The same after SIGKILL.</param>
/// <param name="Lines">The rows of the table.</param>
internal sealed record SpreadResult(int Models, double Worst, TimeSpan AfterStop, TimeSpan AfterKill, string Lines)
{
    public const double WorstTarget = 0.2;

    public static readonly TimeSpan RestartTarget = TimeSpan.FromSeconds(30);

    public bool Reached => Worst <= WorstTarget && AfterStop <= RestartTarget && AfterKill <= RestartTarget;

    public string Markdown =>
        $"""
        | what | time | models on each silo | furthest from an equal share |
        |---|---:|---|---:|
        {Lines}

        Targets (issue C): {Models:N0} models within ± {WorstTarget:P0} of an equal share; {RestartTarget.TotalSeconds:0} s from the start of the whole cluster to the first 2xx: {(Reached ? "reached" : "**not reached**")}.
        """;
}
