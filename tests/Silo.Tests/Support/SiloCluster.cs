using Drift.Support;

namespace Drift.Silo.Tests.Support;

/// <summary>Silos of one cluster on a migrated database, and requests that go to one after the other.</summary>
internal sealed class SiloCluster : IAsyncDisposable
{
    private readonly Dictionary<string, string>? _environment;
    private readonly List<SiloProcess> _silos = [];
    private int _next;

    private SiloCluster(string database, Dictionary<string, string>? environment)
    {
        Database = database;
        _environment = environment;
        Client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2) }) { Timeout = TimeSpan.FromSeconds(60) };
    }

    public string Database { get; }

    public HttpClient Client { get; }

    public IReadOnlyList<SiloProcess> Silos => _silos;

    /// <summary>The address of the next silo that runs, as a front would choose.</summary>
    public Uri NextAddress
    {
        get
        {
            var running = _silos.Where(s => s.IsRunning).ToArray();
            return running[(Interlocked.Increment(ref _next) & int.MaxValue) % running.Length].Address;
        }
    }

    public static async Task<SiloCluster> StartAsync(int silos, Dictionary<string, string>? environment = null)
    {
        var database = await (await PostgresServer.Shared).CreateDatabaseAsync();
        var (code, said) = await SiloProcess.RunAsync(["migrate"], new() { ["ConnectionStrings__Drift"] = database });
        Assert.True(code == 0, said);
        var cluster = new SiloCluster(database, environment);
        try
        {
            for (var i = 0; i < silos; i++)
                await cluster.AddAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async Task<SiloProcess> AddAsync()
    {
        var silo = await SiloProcess.StartAsync(Database, $"silo-{_silos.Count}", _environment);
        _silos.Add(silo);
        return silo;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        foreach (var silo in _silos)
            await silo.DisposeAsync();
    }
}
