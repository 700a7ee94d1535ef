using Drift.Delivery.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Drift.Delivery.Vllm;

/// <summary>
/// Reads the metrics of vLLM servers every <see cref="VllmOptions.Interval"/>. Whatever they do, it goes on; what changes is logged once.
/// </summary>
internal sealed partial class VllmPollService(
    OutboundHttp http, IOptions<VllmOptions> options, VllmInstruments instruments, TimeProvider clock, ILogger<VllmPollService> logger) : BackgroundService
{
    private const int MaxPage = 16 * 1024 * 1024;

    // An adapter beyond is no series: vLLM runs a handful at a time.
    private const int MaxAdapters = 200;

    // vLLM writes the gauge while it works. What it wrote long before it fell idle says nothing of now.
    private static readonly TimeSpan Stale = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, VllmOutcome> _outcomes = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Targets.Count == 0)
            return;
        foreach (var target in options.Value.Targets.Keys)
            instruments.Configured(target);
        using var timer = new PeriodicTimer(options.Value.Interval, clock);
        try
        {
            do
            {
                var readings = await Task.WhenAll(options.Value.Targets.Select(t => PollAsync(t.Key, t.Value, stoppingToken))).ConfigureAwait(false);
                foreach (var (target, outcome, requests, detail) in readings)
                {
                    instruments.Polled(target, outcome, requests);
                    LogChange(target, outcome, detail);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task<(string Target, VllmOutcome Outcome, LoraRequests? Requests, string Detail)> PollAsync(string name, VllmTarget target, CancellationToken stoppingToken)
    {
        KeyValuePair<string, string>[] headers = string.IsNullOrEmpty(target.ApiKey) ? [] : [new("Authorization", $"Bearer {target.ApiKey}")];
        var answer = await http.AskAsync(
            HttpMethod.Get, new Uri(target.Url!.TrimEnd('/') + "/metrics"), default, headers, MaxPage, options.Value.Timeout, stoppingToken).ConfigureAwait(false);
        if (answer.Error is not null)
            return (name, VllmOutcome.Unreachable, null, answer.Error);
        try
        {
            return LoraRequests.Read(answer.Body) is { } requests
                ? (name, VllmOutcome.Ok, Current(requests), "")
                : (name, VllmOutcome.Absent, null, "has no metric vllm:lora_requests_info: was it started with --enable-lora?");
        }
        catch (FormatException e)
        {
            return (name, VllmOutcome.Unreadable, null, $"answers in an unknown form, {e.Message}: another release of vLLM?");
        }
    }

    private LoraRequests Current(LoraRequests requests) => clock.GetUtcNow() - requests.At > Stale
        ? requests with { Running = [], Waiting = [] }
        : requests with { Running = [.. requests.Running.Take(MaxAdapters)], Waiting = [.. requests.Waiting.Take(MaxAdapters)] };

    private void LogChange(string target, VllmOutcome outcome, string detail)
    {
        var known = _outcomes.TryGetValue(target, out var before);
        _outcomes[target] = outcome;
        if (outcome == VllmOutcome.Ok)
        {
            if (!known || before != VllmOutcome.Ok)
                LogReadable(target);
        }
        else if (!known || before != outcome)
        {
            LogUnreadable(target, outcome, detail);
        }
    }

    [LoggerMessage(DeliveryEventId.VllmUnreadable, LogLevel.Warning, "The adapters of the vLLM server {Target} are not known ({Outcome}): it {Detail}. It is asked again.")]
    private partial void LogUnreadable(string target, VllmOutcome outcome, string detail);

    [LoggerMessage(DeliveryEventId.VllmReadable, LogLevel.Information, "The vLLM server {Target} says which adapters have requests.")]
    private partial void LogReadable(string target);
}
