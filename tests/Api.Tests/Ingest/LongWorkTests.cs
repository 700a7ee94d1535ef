using System.Globalization;
using Drift.Api.Ingest;

namespace Drift.Api.Tests.Ingest;

public sealed class LongWorkTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task It_gives_what_the_work_gives_and_throws_what_it_throws()
    {
        using var longWork = new LongWork();

        Assert.Equal(42, await longWork.RunAsync(() => 42));
        Assert.Equal("no", (await Assert.ThrowsAsync<InvalidOperationException>(() => longWork.RunAsync<int>(() => throw new InvalidOperationException("no")))).Message);
        Assert.Equal(43, await longWork.RunAsync(() => 43));
    }

    [Fact]
    public async Task As_much_runs_at_a_time_as_there_are_processors()
    {
        using var longWork = new LongWork();
        using var all = new CountdownEvent(Environment.ProcessorCount);

        var met = await Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(_ => longWork.RunAsync(() => all.Signal() | all.Wait(Limit)))).WaitAsync(2 * Limit);

        Assert.All(met, Assert.True);
    }

    [LinuxFact]
    public async Task What_is_short_comes_before_it()
    {
        using var longWork = new LongWork();

        Assert.Equal(NiceOfThisThread() + 10, await longWork.RunAsync(NiceOfThisThread));
    }

    // The 19th field of the thread's line, the 17th behind its name in brackets.
    private static int NiceOfThisThread()
    {
        var line = File.ReadAllText("/proc/thread-self/stat");
        return int.Parse(line[(line.LastIndexOf(')') + 2)..].Split(' ')[16], CultureInfo.InvariantCulture);
    }

    private sealed class LinuxFactAttribute : FactAttribute
    {
        public LinuxFactAttribute()
        {
            if (!OperatingSystem.IsLinux())
                Skip = "threads have priorities of their own on Linux";
        }
    }
}
