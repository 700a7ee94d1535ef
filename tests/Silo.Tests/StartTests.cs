using Drift.Silo.Tests.Support;
using Drift.Support;

namespace Drift.Silo.Tests;

[Collection(nameof(SiloProcess))]
public sealed class StartTests
{
    [Fact]
    public async Task A_configuration_that_cannot_work_ends_the_start_with_all_faults_named_at_once()
    {
        var (code, said) = await SiloProcess.RunAsync(["serve"], new()
        {
            ["Drift__Cluster__ClusterId"] = "two words",
            ["Drift__Cluster__AdvertisedAddress"] = "0.0.0.0",
            ["Drift__Cluster__SiloPort"] = "70000",
            ["Drift__Cluster__DrainDelay"] = "01:00:00",
            ["Drift__Cluster__ProbeTimeout"] = "00:00:00.1",
            ["Drift__Calls__Deadline"] = "00:00:00",
            ["Drift__Actors__SnapshotEvery"] = "0",
        });

        Assert.Equal(2, code);
        Assert.StartsWith("Not started", said, StringComparison.Ordinal);
        foreach (var key in (string[])["ConnectionStrings:Drift is missing", "Cluster:ClusterId", "Cluster:AdvertisedAddress", "Cluster:SiloPort is 70000", "Cluster:DrainDelay", "Cluster:ProbeTimeout", "Calls:Deadline", "Actors:SnapshotEvery"])
            Assert.Contains(key, said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ConnectionStrings__Drift", "no connection string", "ConnectionStrings:Drift cannot be read")]
    [InlineData("ConnectionStrings__DriftFile", "/nowhere/connection", "/nowhere/connection")]
    public async Task A_connection_string_that_cannot_be_read_is_said_to_be(string variable, string value, string message)
    {
        var (code, said) = await SiloProcess.RunAsync(["serve"], new() { [variable] = value });

        Assert.Equal(2, code);
        Assert.Contains(message, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_word_that_is_no_command_is_refused()
    {
        var (code, said) = await SiloProcess.RunAsync(["server"], []);

        Assert.Equal(2, code);
        Assert.Contains("'server' is no command", said, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task A_silo_does_not_start_on_a_database_that_was_not_migrated()
    {
        var database = await (await PostgresServer.Shared).CreateDatabaseAsync();

        var (code, said) = await SiloProcess.RunAsync(["serve"], new() { ["ConnectionStrings__Drift"] = database, ["ASPNETCORE_URLS"] = "http://127.0.0.1:0" });

        Assert.Equal(2, code);
        Assert.Contains("001_orleans", said, StringComparison.Ordinal);
        Assert.Contains("'migrate' first", said, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Of_several_that_migrate_at_once_one_does_it_and_the_connection_string_may_stand_in_a_file()
    {
        using var folder = new TempDirectory();
        await File.WriteAllTextAsync(folder["connection"], await (await PostgresServer.Shared).CreateDatabaseAsync() + "\n");

        var runs = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => SiloProcess.RunAsync(["migrate"], new() { ["ConnectionStrings__DriftFile"] = folder["connection"] })));

        Assert.All(runs, run => Assert.True(run.ExitCode == 0, run.Output));
        Assert.Single(runs, run => run.Output.Contains("001_orleans", StringComparison.Ordinal));
        Assert.Equal(2, runs.Count(run => run.Output.Contains("up to date", StringComparison.Ordinal)));
    }
}
