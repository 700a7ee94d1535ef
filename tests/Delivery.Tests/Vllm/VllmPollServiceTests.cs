using System.Diagnostics.Metrics;
using Drift.Delivery.Tests.Support;
using Drift.Support;

namespace Drift.Delivery.Tests.Vllm;

public sealed class VllmPollServiceTests
{
    [Fact]
    public async Task Each_adapter_with_requests_has_a_series_and_one_without_has_none()
    {
        await using var vllm = FakeVllm.Start();
        await using var host = await DeliveryHost.StartAsync(("Drift:Vllm:Targets:gpu-a:Url", vllm.Address.ToString()));
        vllm.Work(host.Clock.GetUtcNow(), "v1,v2", "v3");
        await SeesAsync(host, "running v1", "running v2", "waiting v3");
        Assert.Equal((1, 4), (Value(host, "drift_vllm_up"), Value(host, "drift_vllm_adapters_max")));

        vllm.Work(host.Clock.GetUtcNow(), "v2", "");
        await SeesAsync(host, "running v2");
    }

    [Fact]
    public async Task What_was_true_long_ago_is_not_shown_as_now()
    {
        await using var vllm = FakeVllm.Start();
        await using var host = await DeliveryHost.StartAsync(("Drift:Vllm:Targets:gpu-a:Url", vllm.Address.ToString()));
        vllm.Work(host.Clock.GetUtcNow(), "v1", "");
        await SeesAsync(host, "running v1");

        // It fell idle, and its last word stays on the page.
        host.Clock.Advance(TimeSpan.FromMinutes(6));

        // A reading that was under way ran out of its time as the clock went on: what counts is the next one.
        await host.UntilAsync(() => Value(host, "drift_vllm_up") == 1 && !Adapters(host).Any(), "it answers, and nothing is shown as running");
    }

    [Fact]
    public async Task A_server_that_is_away_or_speaks_otherwise_is_named_once_and_asked_again()
    {
        await using var vllm = FakeVllm.Start();
        // The test's clock runs ahead of what is under way: on a busy machine a reading would run out of its time.
        await using var host = await DeliveryHost.StartAsync(("Drift:Vllm:Targets:gpu-a:Url", vllm.Address.ToString()), ("Drift:Vllm:Timeout", "00:05:00"));
        vllm.Work(host.Clock.GetUtcNow(), "v1", "");
        await SeesAsync(host, "running v1");

        await vllm.LeaveAsync();
        await host.UntilAsync(() => Value(host, "drift_vllm_up") == 0, "it is away");
        Assert.Empty(Adapters(host));
        vllm.Metrics = "vllm:lora_requests_info{lora_name=\"v1\"} 1";
        vllm.Return();
        await host.UntilAsync(() => Warnings(host).Count == 2, "its form is named");
        vllm.Metrics = "up 1";
        await host.UntilAsync(() => Warnings(host).Count == 3, "the absence is named");
        vllm.Metrics = null;
        vllm.Work(host.Clock.GetUtcNow(), "v1", "");
        await SeesAsync(host, "running v1");

        // Refused, or cut off when it left in the middle of an answer.
        Assert.Matches(@"\(Unreachable\): it cannot be reached: (ConnectionRefused|ConnectionReset|ResponseEnded|InvalidResponse)", Warnings(host)[0]);
        Assert.Contains("(Unreadable): it answers in an unknown form, vllm:lora_requests_info has no label running_lora_adapters", Warnings(host)[1], StringComparison.Ordinal);
        Assert.Contains("(Absent): it has no metric vllm:lora_requests_info: was it started with --enable-lora?", Warnings(host)[2], StringComparison.Ordinal);
        Assert.Equal(2, host.Log.Lines.Count(l => l.Id == DeliveryEventId.VllmReadable));
    }

    private static List<string> Warnings(DeliveryHost host) => [.. host.Log.Lines.Where(l => l.Id == DeliveryEventId.VllmUnreadable).Select(l => l.Text)];

    private static Task SeesAsync(DeliveryHost host, params string[] adapters) =>
        host.UntilAsync(() => Adapters(host).SequenceEqual(adapters), $"the series are {string.Join(", ", adapters)}");

    private static List<string> Adapters(DeliveryHost host) => [.. Read(host, "drift_vllm_adapter_requests").Select(m => $"{m.Tags["state"]} {m.Tags["adapter"]}").Order(StringComparer.Ordinal)];

    private static int? Value(DeliveryHost host, string name) => Read(host, name).Select(m => (int?)m.Value).SingleOrDefault();

    private static List<(int Value, Dictionary<string, object?> Tags)> Read(DeliveryHost host, string name)
    {
        var read = new List<(int, Dictionary<string, object?>)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Name == name && ReferenceEquals(instrument.Meter.Scope, host.Meters))
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>((_, value, tags, _) => read.Add((value, tags.ToArray().ToDictionary(t => t.Key, t => t.Value))));
        listener.Start();
        listener.RecordObservableInstruments();
        return read;
    }
}
