using System.CommandLine;
using Drift.Hosting;
using Drift.Standalone.Client;
using Drift.Standalone.Commands;
using Drift.Telemetry.Nvml;
using Microsoft.Extensions.Options;
using Options = Drift.Standalone.Commands.Options;

namespace Drift.Standalone.Agent;

/// <summary><c>agent</c>: polls the GPUs of a machine that runs no host, and reports them to one.</summary>
internal static class AgentCommand
{
    /// <summary>Creates the command.</summary>
    /// <param name="time">The clock of polls and retries.</param>
    public static Command Create(TimeProvider time)
    {
        var url = Options.Url();
        var key = Options.Key();
        var node = new Option<string?>("--node") { Description = "The name of this machine. Default: Drift:Gpus:Node, else the machine's name.", HelpName = "NAME" };
        var interval = Options.Time("--interval", "How often the GPUs are polled. Default: Drift:Gpus:Interval, 1s.");
        var library = new Option<string?>("--library") { Description = "The path of NVML's library. Default: the one that the system finds.", HelpName = "FILE" };
        var command = new Command("agent", "Poll this machine's GPUs and report them to a server.") { url, key, node, interval, library };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            time,
            parsed.GetValue(url)!,
            Options.KeyOf(parsed.GetValue(key)),
            options =>
            {
                options.Enabled = true;
                options.Node = parsed.GetValue(node) ?? options.Node;
                options.Interval = parsed.GetValue(interval) ?? options.Interval;
                options.Library = parsed.GetValue(library) ?? options.Library;
            },
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(TimeProvider time, Uri url, string? key, Action<GpuPollOptions> configure, CancellationToken cancellationToken)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        });
        builder.Services.AddMetrics();
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton<GpuBuffer>();
        builder.Services.AddSingleton<IGpuSink>(p => p.GetRequiredService<GpuBuffer>());
        builder.Services.AddSingleton(new DriftClient(new HttpClient { Timeout = TimeSpan.FromSeconds(20) }, url, key, time, RetryOptions.None));
        builder.Services.AddGpuPolling();
        builder.Services.PostConfigure(configure);
        builder.Services.AddHostedService<GpuSender>();
        using var host = builder.Build();
        try
        {
            await host.RunAsync(cancellationToken);
            return Cli.Ok;
        }
        catch (OptionsValidationException e) when (StartFault.Explain(e) is { } fault)
        {
            await Console.Error.WriteLineAsync(fault);
            return Cli.Error;
        }
    }
}
