using Drift.Actors;
using Drift.Core.Detection;
using Drift.Storage.Tests.Support;

namespace Drift.Storage.Tests.Contracts;

public abstract class ModelDirectoryContract(StoreFixture fixture)
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private readonly Store _store = fixture.Shared;
    private readonly string _tenant = Store.NewModel().Name;

    [StoreFact]
    public async Task ListAsync_gives_the_models_of_a_tenant_by_name()
    {
        foreach (var name in (string[])["b", "a-1", "B", "a_1", "a", "10", "9"])
            await UpsertAsync(new() { Name = name, ReportedAt = Noon });

        Assert.Equal(["10", "9", "B", "a", "a-1", "a_1", "b"], await NamesAsync());
        Assert.Empty(await _store.Models.ListAsync(_tenant + "x", default));
    }

    [StoreFact]
    public async Task ListAsync_gives_back_the_latest_state()
    {
        var status = new ModelStatus
        {
            Name = "credit",
            Status = ModelState.Monitoring,
            Rows = 12_000_000_000,
            LastIngest = Noon.AddSeconds(-1),
            ReportedAt = Noon,
            DriftOpen = true,
            Verdict = new Verdict
            {
                Model = "t/credit",
                Window = "1h",
                EvaluatedAt = Noon,
                Severity = Severity.Critical,
                Psi = 1e-300,
                Features = [new() { Name = "größe", Severities = new Dictionary<string, Severity> { ["psi"] = Severity.Warning } }],
            },
        };
        await UpsertAsync(new() { Name = "credit", ReportedAt = Noon.AddSeconds(-1) });
        await UpsertAsync(status);

        var read = Assert.Single(await _store.Models.ListAsync(_tenant, default));

        Assert.Equal(status with { Verdict = null }, read with { Verdict = null });
        Assert.Equal(status.Verdict with { Features = [] }, read.Verdict! with { Features = [] });
        var column = Assert.Single(read.Verdict.Features);
        Assert.Equal(("größe", Severity.Warning), (column.Name, column.Severities!["psi"]));
    }

    [StoreFact]
    public async Task UpsertAsync_ignores_an_older_report()
    {
        await UpsertAsync(new() { Name = "m", Rows = 2, ReportedAt = Noon });
        await UpsertAsync(new() { Name = "m", Rows = 1, ReportedAt = Noon.AddSeconds(-1) });
        Assert.Equal(2, Assert.Single(await _store.Models.ListAsync(_tenant, default)).Rows);

        await UpsertAsync(new() { Name = "m", Rows = 3, ReportedAt = Noon });
        Assert.Equal(3, Assert.Single(await _store.Models.ListAsync(_tenant, default)).Rows);
    }

    [StoreFact]
    public async Task RemoveAsync_removes_the_model_and_no_other()
    {
        await UpsertAsync(new() { Name = "a", ReportedAt = Noon });
        await UpsertAsync(new() { Name = "b", ReportedAt = Noon });
        await _store.Models.UpsertAsync(_tenant + "x", new() { Name = "a", ReportedAt = Noon }, default);

        await _store.Models.RemoveAsync(_tenant, "a", default);
        await _store.Models.RemoveAsync(_tenant, "a", default);

        Assert.Equal(["b"], await NamesAsync());
        Assert.Single(await _store.Models.ListAsync(_tenant + "x", default));
    }

    [StoreFact]
    public async Task UpsertAsync_takes_reports_of_one_model_from_several_processes_at_once()
    {
        await using var other = _store.OpenAgain();
        await Task.WhenAll(Enumerable.Range(1, 20).Select(i => Task.Run(() => (i % 2 == 0 ? _store : other).Models.UpsertAsync(
            _tenant, new() { Name = "m", Rows = i, ReportedAt = Noon.AddSeconds(i) }, default))));

        Assert.Equal(20, Assert.Single(await _store.Models.ListAsync(_tenant, default)).Rows);
    }

    private Task UpsertAsync(ModelStatus status) => _store.Models.UpsertAsync(_tenant, status, default);

    private async Task<IEnumerable<string>> NamesAsync() => (await _store.Models.ListAsync(_tenant, default)).Select(m => m.Name);
}
