using System.Diagnostics.Metrics;
using System.Text;
using Drift.Actors.Ports;
using Drift.Storage;
using Drift.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Drift.Delivery.Tests.Support;

/// <summary>Delivery on a SQLite outbox under a clock that the test moves.</summary>
internal sealed class DeliveryHost : IAsyncDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly ServiceProvider _services;
    private readonly List<IHostedService> _running = [];

    private DeliveryHost(IReadOnlyDictionary<string, string?> settings)
    {
        _services = new ServiceCollection()
            .AddLogging(logging => logging.AddProvider(Log).SetMinimumLevel(LogLevel.Trace))
            .AddMetrics()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddSingleton<TimeProvider>(Clock)
            .AddSingleton(new Jitter(7))
            .AddDriftSqlite(_folder["drift.db"])
            .AddDriftDelivery()
            .BuildServiceProvider();
    }

    public FakeClock Clock { get; } = new(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));

    public LogText Log { get; } = new();

    public IOutbox Outbox => _services.GetRequiredService<IOutbox>();

    public IAlertRouter Router => _services.GetRequiredService<IAlertRouter>();

    public ITriggerRouter Trainers => _services.GetRequiredService<ITriggerRouter>();

    public IAlertStore Alerts => _services.GetRequiredService<IAlertStore>();

    public IActorStateStore States => _services.GetRequiredService<IActorStateStore>();

    public IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    /// <summary>Options by their key; destinations on this machine are allowed.</summary>
    public static async Task<DeliveryHost> StartAsync(params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string?> { ["Drift:Delivery:AllowLoopback"] = "true" };
        foreach (var (key, value) in settings)
            all[key] = value;
        var host = new DeliveryHost(all);
        await host._services.GetRequiredService<IMigrator>().MigrateAsync();
        host._services.GetRequiredService<IStartupValidator>().Validate();
        foreach (var service in host._services.GetServices<IHostedService>())
        {
            if (service.GetType().Assembly != typeof(DeliveryOptions).Assembly)
                continue;
            await service.StartAsync(default);
            host._running.Add(service);
        }

        return host;
    }

    public Task AddAsync(string id, string destination, string body = "{}") => AddAsync([id], destination, body);

    /// <summary>Adds messages in one transaction: a claim sees all of them or none.</summary>
    public Task AddAsync(IEnumerable<string> ids, string destination, string body = "{}") => Outbox.AddAsync(
        [
            .. ids.Select(id => new OutboxEntry
            {
                Id = id, Tenant = "default", Kind = "alert", Destination = destination, Payload = Encoding.UTF8.GetBytes(body),
                CreatedAt = Clock.GetUtcNow(), QueuedAt = Clock.GetUtcNow(), NextAttemptAt = Clock.GetUtcNow(),
            }),
        ],
        default);

    /// <summary>Moves the clock second by second until the condition holds.</summary>
    public Task UntilAsync(Func<Task<bool>> condition, string what) => Eventually.Async(
        async () =>
        {
            if (await condition())
                return true;
            Clock.Advance(TimeSpan.FromSeconds(1));
            return false;
        },
        TimeSpan.FromSeconds(60),
        what);

    public Task UntilAsync(Func<bool> condition, string what) => UntilAsync(() => Task.FromResult(condition()), what);

    public async Task<OutboxEntry> FindAsync(string id) => (await Outbox.FindAsync("default", id, default))!;

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _running)
            await service.StopAsync(default);
        await _services.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>All that was logged.</summary>
internal sealed class LogText : ILoggerProvider, ILogger
{
    private readonly Lock _gate = new();
    private readonly List<(int Id, string Text)> _lines = [];

    public IReadOnlyList<(int Id, string Text)> Lines
    {
        get
        {
            lock (_gate)
                return [.. _lines];
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_gate)
            _lines.Add((eventId.Id, $"{formatter(state, exception)} {exception}"));
    }

    public void Dispose()
    {
    }
}
