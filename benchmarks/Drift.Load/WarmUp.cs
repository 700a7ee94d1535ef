namespace Drift.Load;

/// <summary>
/// Loads a server until it is warm. It compiles its code in several tiers in the background, the slower the less of the machine it has; until that has
/// settled, what is measured is the compiler.
/// </summary>
internal static class WarmUp
{
    private const double Cheaper = 1.02;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(4);

    /// <summary>Ends when two loads in a row have not made a row cheaper, or after four minutes.</summary>
    /// <param name="name">What is loaded, for a line that says how long it took.</param>
    /// <param name="length">How long a load lasts.</param>
    /// <param name="load">Loads it for that long, and gives its rows per CPU-second.</param>
    public static async Task RunAsync(string name, TimeSpan length, Func<TimeSpan, Task<double>> load)
    {
        var best = 0.0;
        var loads = 0;
        for (var inVain = 0; inVain < 2 && loads * length < Longest; loads++)
        {
            var rate = await load(length);
            inVain = rate < Cheaper * best ? inVain + 1 : 0;
            best = Math.Max(best, rate);
        }

        await Console.Error.WriteLineAsync($"{name}: warm after {loads * length.TotalSeconds} s, {best:N0} rows per CPU-second at best");
    }
}
