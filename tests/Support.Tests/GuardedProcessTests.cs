using System.Diagnostics;

namespace Drift.Support.Tests;

public sealed class GuardedProcessTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task The_process_runs_under_its_own_id_and_its_output_goes_to_the_log()
    {
        using var folder = new TempDirectory();
        await using var process = await GuardedProcess.StartAsync(
            ["/bin/sh", "-c", "echo $$ $GREETING; exit 7"], folder["log"], environment: [new("GREETING", "hello")]);

        Assert.Equal(7, await process.WaitForExitAsync());
        Assert.Equal($"{process.Id} hello", process.LogTail());
    }

    [Fact]
    public async Task Dispose_kills_the_process()
    {
        using var folder = new TempDirectory();
        var process = await GuardedProcess.StartAsync(["/bin/sleep", "600"], folder["log"]);
        Assert.False(process.HasExited);

        await process.DisposeAsync();

        await Eventually.Async(() => !Exists(process.Id), Limit, "the process is gone");
    }

    [Fact]
    public async Task An_owner_that_ends_takes_the_process_and_its_folder_along()
    {
        using var outer = new TempDirectory();
        var inner = Directory.CreateDirectory(outer["inner"]).FullName;
        await using var process = await GuardedProcess.StartAsync(["/bin/sleep", "600"], outer["log"], inner);

        process.LoseOwner();

        await Eventually.Async(() => !Exists(process.Id) && !Directory.Exists(inner), Limit, "the process and its folder are gone");
    }

    private static bool Exists(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
