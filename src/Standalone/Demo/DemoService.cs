using Drift.Standalone.Client;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Drift.Standalone.Demo;

/// <summary>Sends the demo to the server that it runs in (<c>serve --demo</c>), from the moment that the server is ready.</summary>
internal sealed partial class DemoService(
    IOptions<DemoOptions> options, IServer server, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<DemoService> log) : BackgroundService
{
    /// <summary>The address by which a server is reached from its own machine.</summary>
    /// <param name="listening">What it listens on, such as <c>http://[::]:8080</c> or <c>http://+:8080</c>.</param>
    internal static Uri? LocalAddress(IEnumerable<string> listening)
    {
        foreach (var address in listening.OrderBy(a => a.StartsWith("https", StringComparison.OrdinalIgnoreCase)))
        {
            var plain = address.Replace("://+", "://127.0.0.1", StringComparison.Ordinal).Replace("://*", "://127.0.0.1", StringComparison.Ordinal);
            if (!Uri.TryCreate(plain, UriKind.Absolute, out var uri))
                continue;
            return uri.Host is "0.0.0.0" or "[::]" ? new UriBuilder(uri) { Host = "127.0.0.1" }.Uri : uri;
        }

        return null;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await StartedAsync(stoppingToken);
            var demo = options.Value;
            demo.Url ??= LocalAddress(server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []);
            if (demo.Url is null)
            {
                LogNoAddress();
                return;
            }

            using var http = new HttpClient();
            var traffic = new DemoTraffic(http, demo, time, LogSentence, RetryOptions.Forever);
            await traffic.RunAsync(TimeSpan.MaxValue, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
        catch (DriftApiException e)
        {
            // The demo is company, not duty: the server goes on without it.
            LogStopped(e.Message);
        }
    }

    // The server listens only after the hosted services have been started.
    private async Task StartedAsync(CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellationToken);
    }

    [LoggerMessage(EventId = 9001, EventName = "DemoSays", Level = LogLevel.Information, Message = "Demo: {Sentence}")]
    private partial void LogSentence(string sentence);

    [LoggerMessage(EventId = 9002, EventName = "DemoStopped", Level = LogLevel.Warning, Message = "The demo stopped, the server goes on: {Reason}")]
    private partial void LogStopped(string reason);

    [LoggerMessage(EventId = 9003, EventName = "DemoHasNoAddress", Level = LogLevel.Warning,
        Message = "The demo does not run: this server has no address that it can be reached by; set Drift:Demo:Url")]
    private partial void LogNoAddress();
}

/// <summary>Adds the demo to a server.</summary>
internal static class DemoServiceExtensions
{
    /// <summary>Adds <see cref="DemoService"/>, its options bound to <see cref="DemoOptions.SectionName"/>.</summary>
    public static IServiceCollection AddDemo(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<DemoOptions>, DemoOptionsValidator>();
        services.AddOptions<DemoOptions>().BindConfiguration(DemoOptions.SectionName).ValidateOnStart();
        return services.AddHostedService<DemoService>();
    }
}
