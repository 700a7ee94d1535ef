using System.Globalization;
using System.Text;
using System.Text.Json;
using Drift.Actors;
using Drift.Actors.Adapters;
using Drift.Actors.Ports;
using Drift.Delivery.Http;
using Drift.Delivery.Tests.Support;
using Drift.Support;

namespace Drift.Delivery.Tests.Deployers;

public sealed class DeployerTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    [Fact]
    public async Task An_adapter_is_loaded_confirmed_and_reported_once()
    {
        await using var vllm = FakeVllm.Start();
        vllm.ApiKey = "secret";
        await using var host = await DeliveryHost.StartAsync([.. Vllm(vllm), ("Drift:Deployers:gpu-a:ApiKey", "secret")]);
        await AskAsync(host, "a1", DeploymentRequest.LoadKind, "v3", "file:///adapters/v3");

        var report = await ReportAsync(host);

        Assert.Equal(("default", FakeVllm.BaseModel), (report.Tenant, report.BaseModel));
        Assert.Equal(new DeploymentReport { Version = "v3", DeploymentId = "a1", Outcome = DeploymentOutcome.Loaded }, report.Report);
        Assert.Equal("/adapters/v3", vllm.Adapters["v3"]);
        Assert.Equal(["""POST /v1/load_lora_adapter {"lora_name":"v3","lora_path":"/adapters/v3"}""", "GET /v1/models"], vllm.Requests);
        await host.UntilAsync(async () => (await host.FindAsync("a1")).State == OutboxState.Delivered, "it is delivered");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_loaded_or_gone_already_counts_as_done(bool oldErrors)
    {
        await using var vllm = FakeVllm.Start();
        vllm.OldErrors = oldErrors;
        await using var host = await DeliveryHost.StartAsync(Vllm(vllm));
        await AskAsync(host, "a1", DeploymentRequest.LoadKind, "v3", "/adapters/v3");
        await host.UntilAsync(() => host.Engine.Reports.Count == 1, "it is loaded");
        await AskAsync(host, "a2", DeploymentRequest.LoadKind, "v3", "/adapters/v3");
        await host.UntilAsync(() => host.Engine.Reports.Count == 2, "it is loaded again");
        await AskAsync(host, "a3", DeploymentRequest.UnloadKind, "v3");
        await host.UntilAsync(() => host.Engine.Reports.Count == 3, "it is unloaded");
        await AskAsync(host, "a4", DeploymentRequest.UnloadKind, "v3");
        await host.UntilAsync(() => host.Engine.Reports.Count == 4, "it is unloaded again");

        Assert.Equal(
            [DeploymentOutcome.Loaded, DeploymentOutcome.Loaded, DeploymentOutcome.Unloaded, DeploymentOutcome.Unloaded], host.Engine.Reports.Select(r => r.Report.Outcome));
        Assert.Empty(vllm.Adapters);
    }

    [Fact]
    public async Task A_name_under_which_other_weights_are_served_is_not_taken_for_the_version()
    {
        await using var vllm = FakeVllm.Start();
        await using var host = await DeliveryHost.StartAsync(Vllm(vllm));
        await AskAsync(host, "a1", DeploymentRequest.LoadKind, "v3", "/adapters/v3");
        await host.UntilAsync(() => host.Engine.Reports.Count == 1, "it is loaded");
        await AskAsync(host, "a2", DeploymentRequest.LoadKind, "v3", "/adapters/other");
        await host.UntilAsync(() => host.Engine.Reports.Count == 2, "the second is reported");

        var report = host.Engine.Reports[1].Report;
        Assert.Equal(DeploymentOutcome.Failed, report.Outcome);
        Assert.Contains("serves other weights under the name 'v3' already", report.Message, StringComparison.Ordinal);
        Assert.Equal("/adapters/v3", vllm.Adapters["v3"]);
    }

    [Fact]
    public async Task A_server_that_restarts_in_the_middle_is_asked_again_until_it_has_the_adapter()
    {
        await using var vllm = FakeVllm.Start();
        vllm.RestartsAfterLoad = true;
        await using var host = await DeliveryHost.StartAsync(Vllm(vllm));
        await AskAsync(host, "a1", DeploymentRequest.LoadKind, "v3", "/adapters/v3");

        Assert.Equal(DeploymentOutcome.Loaded, (await ReportAsync(host)).Report.Outcome);
        Assert.Equal(2, vllm.Requests.Count(r => r.StartsWith("POST", StringComparison.Ordinal)));
        Assert.Equal("/adapters/v3", vllm.Adapters["v3"]);
    }

    [Fact]
    public async Task A_slow_server_has_done_it_when_it_is_asked_again()
    {
        await using var vllm = FakeVllm.Start();
        var answered = new TaskCompletionSource();
        vllm.Slowness = () => answered.Task;
        await using var host = await DeliveryHost.StartAsync([.. Vllm(vllm), ("Drift:Deployers:gpu-a:Timeout", "00:00:05")]);
        await AskAsync(host, "a1", DeploymentRequest.LoadKind, "v3", "/adapters/v3");
        await host.UntilAsync(async () => (await host.FindAsync("a1")).LastError is not null, "the first attempt took too long");
        Assert.Equal("did not answer within 00:00:05", (await host.FindAsync("a1")).LastError);
        answered.SetResult();

        Assert.Equal(DeploymentOutcome.Loaded, (await ReportAsync(host)).Report.Outcome);
    }

    [Fact]
    public async Task All_replicas_must_have_it()
    {
        await using var one = FakeVllm.Start();
        await using var two = FakeVllm.Start();
        two.Failure = 503;
        await using var host = await DeliveryHost.StartAsync(("Drift:Deployers:gpu-a:Url", $"{one.Address}, {two.Address}"));
        await AskAsync(host, "a1", DeploymentRequest.LoadKind, "v3", "/adapters/v3");
        await host.UntilAsync(async () => (await host.FindAsync("a1")).Attempts > 1, "it is tried again");
        Assert.Equal("(replica 2 of 2) answered 503", (await host.FindAsync("a1")).LastError);
        Assert.Empty(host.Engine.Reports);
        two.Failure = null;

        Assert.Equal(DeploymentOutcome.Loaded, (await ReportAsync(host)).Report.Outcome);
        Assert.Equal(one.Adapters.Keys, two.Adapters.Keys);
    }

    [Fact]
    public async Task What_will_never_succeed_is_reported_at_once_with_what_the_server_said()
    {
        await using var vllm = FakeVllm.Start();
        await using var host = await DeliveryHost.StartAsync(Vllm(vllm));
        await AskAsync(host, "a1", DeploymentRequest.LoadKind, "v3", "/adapters/v3-r128");

        var report = (await ReportAsync(host)).Report;

        Assert.Equal((DeploymentOutcome.Failed, "a1"), (report.Outcome, report.DeploymentId));
        Assert.Equal("The deployer 'gpu-a' answered 400: LoRA rank 128 is greater than max_lora_rank 64.", report.Message);
        await host.UntilAsync(async () => (await host.FindAsync("a1")).State == OutboxState.Dead, "it is given up");
        Assert.Equal(1, (await host.FindAsync("a1")).Attempts);
    }

    [Fact]
    public async Task A_version_without_weights_is_not_asked_for()
    {
        await using var vllm = FakeVllm.Start();
        await using var host = await DeliveryHost.StartAsync(Vllm(vllm));
        await AskAsync(host, "a1", DeploymentRequest.LoadKind, "v3", null);

        Assert.Contains("has no artifact_uri", (await ReportAsync(host)).Report.Message, StringComparison.Ordinal);
        Assert.Empty(vllm.Requests);
    }

    [Fact]
    public async Task A_server_without_the_routes_is_told_apart_from_one_without_the_weights_and_both_are_given_time()
    {
        await using var vllm = FakeVllm.Start();
        vllm.AllowsUpdating = false;
        vllm.Weights = new HashSet<string>();
        await using var host = await DeliveryHost.StartAsync([.. Vllm(vllm), ("Drift:Deployers:gpu-a:GiveUpAfter", "00:05:00")]);
        await AskAsync(host, "a1", DeploymentRequest.LoadKind, "v3", "/adapters/v3");
        await host.UntilAsync(async () => (await host.FindAsync("a1")).LastError is not null, "it was tried");
        Assert.Contains("VLLM_ALLOW_RUNTIME_LORA_UPDATING=True", (await host.FindAsync("a1")).LastError, StringComparison.Ordinal);
        vllm.AllowsUpdating = true;
        await host.UntilAsync(async () => (await host.FindAsync("a1")).LastError!.Contains("No adapter found for /adapters/v3", StringComparison.Ordinal), "the weights are missing");
        vllm.Weights = null;

        Assert.Equal(DeploymentOutcome.Loaded, (await ReportAsync(host)).Report.Outcome);
    }

    [Fact]
    public async Task A_server_that_stays_away_is_given_up_after_the_deployers_time_and_the_catalog_is_told()
    {
        await using var vllm = FakeVllm.Start();
        await vllm.LeaveAsync();
        await using var host = await DeliveryHost.StartAsync([.. Vllm(vllm), ("Drift:Deployers:gpu-a:GiveUpAfter", "00:02:00")]);
        // The catalog cannot be told at once, and is told all the same.
        host.Engine.Failures.Enqueue(new DriftException(DriftError.Unavailable, "The database is away."));
        var asked = host.Clock.GetUtcNow();
        await AskAsync(host, "a1", DeploymentRequest.LoadKind, "v3", "/adapters/v3");

        var report = (await ReportAsync(host)).Report;

        Assert.Equal("The deployer 'gpu-a' cannot be reached: ConnectionRefused; this went on for 00:02:00.", report.Message);
        Assert.InRange(host.Clock.GetUtcNow() - asked, TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(6));
        Assert.Contains(host.Log.Lines, l => l.Id == DeliveryEventId.NobodyTold);
        await host.UntilAsync(async () => (await host.FindAsync("a1")).State == OutboxState.Dead, "it waits for a person");
    }

    [Fact]
    public async Task A_catalog_that_cannot_be_told_of_a_success_is_told_later()
    {
        await using var vllm = FakeVllm.Start();
        await using var host = await DeliveryHost.StartAsync(Vllm(vllm));
        host.Engine.Failures.Enqueue(new DriftException(DriftError.Unavailable, "The database is away."));
        await AskAsync(host, "a1", DeploymentRequest.LoadKind, "v3", "/adapters/v3");

        Assert.Equal(DeploymentOutcome.Loaded, (await ReportAsync(host)).Report.Outcome);
        Assert.Equal(2, (await host.FindAsync("a1")).Attempts);
    }

    [Fact]
    public async Task A_webhook_is_told_what_to_do_with_a_signature_and_asked_again_until_it_is_done()
    {
        await using var receiver = HttpReceiver.Start();
        var answers = new Queue<int>([503, 202, 204]);
        receiver.Answer = _ => Task.FromResult(answers.Dequeue());
        await using var host = await DeliveryHost.StartAsync(
            ("Drift:Deployers:hook:Kind", "webhook"), ("Drift:Deployers:hook:Url", $"{receiver.Address}deploy"), ("Drift:Deployers:hook:Secret", Secret));
        await AskAsync(host, "a1", DeploymentRequest.UnloadKind, "v3", deployer: "hook");

        Assert.Equal(DeploymentOutcome.Unloaded, (await ReportAsync(host)).Report.Outcome);
        Assert.Equal(3, receiver.Requests.Count);
        var request = receiver.Requests[^1];
        Assert.Equal(("/deploy", "a1"), (request.Path, request.Headers[WebhookSignature.IdHeader]));
        Assert.Equal(("unload", "v3", FakeVllm.BaseModel), (Text("action"), Text("version"), Text("base_model")));
        var timestamp = long.Parse(request.Headers[WebhookSignature.TimestampHeader], CultureInfo.InvariantCulture);
        Assert.Equal(WebhookSignature.Sign(WebhookSignature.KeyOf(Secret), "a1", timestamp, Encoding.UTF8.GetBytes(request.Body)), request.Headers[WebhookSignature.SignatureHeader]);

        string? Text(string name) => request.Json.GetProperty(name).GetString();
    }

    [Theory]
    [InlineData("Drift:Deployers:gpu-a:Url", "http://127.0.0.1:8000", "Drift:Deployers:gpu-a:Url cannot be used: it is on this machine, which Drift:Delivery:AllowLoopback does not allow.")]
    [InlineData("Drift:Deployers:gpu-a:Url", "http://10.0.0.7:8000", "Drift:Deployers:gpu-a:Url cannot be used: it has a private address, which Drift:Delivery:AllowPrivateAddresses does not allow.")]
    [InlineData("Drift:Deployers:gpu-a:Kind", "vllm", "Drift:Deployers:gpu-a:Url is missing.")]
    [InlineData("Drift:Deployers:gpu-a:CheckInterval", "00:00:00", "Drift:Deployers:gpu-a:CheckInterval is 00:00:00, must be 00:00:00.1000000 to 01:00:00.")]
    [InlineData("Drift:Deployers:none:Url", "https://vllm.example.com", "Drift:Deployers:none: 'none' stands for no deployer; choose another name.")]
    [InlineData("Drift:Deployers:Gpu A:Url", "https://vllm.example.com", "Drift:Deployers:Gpu A: a deployer's name must be 1 to 63 of a-z 0-9 - _, starting with a letter or digit.")]
    [InlineData("Drift:Vllm:Targets:gpu-a:Url", "http://192.168.1.5:8000", "Drift:Vllm:Targets:gpu-a:Url cannot be used: it has a private address, which Drift:Delivery:AllowPrivateAddresses does not allow.")]
    public async Task A_deployer_that_cannot_be_used_refuses_the_start_and_names_its_key(string key, string value, string fault)
    {
        var refused = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(async () =>
        {
            await using var host = await DeliveryHost.StartAsync(("Drift:Delivery:AllowLoopback", "false"), (key, value));
        });

        Assert.Contains(fault, refused.Failures);
    }

    [Fact]
    public async Task A_webhook_deployer_needs_a_secret()
    {
        var refused = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(async () =>
        {
            await using var host = await DeliveryHost.StartAsync(("Drift:Deployers:hook:Kind", "webhook"), ("Drift:Deployers:hook:Url", "https://deploy.example.com,https://b.example.com"));
        });

        Assert.Contains("Drift:Deployers:hook:Secret is missing: messages are signed with it. Make one with 'openssl rand -base64 24'.", refused.Failures);
        Assert.Contains("Drift:Deployers:hook:Url has 2 addresses; a webhook has one, configure a deployer for each.", refused.Failures);
    }

    private static (string, string)[] Vllm(FakeVllm vllm) => [("Drift:Deployers:gpu-a:Kind", "vllm"), ("Drift:Deployers:gpu-a:Url", vllm.Address.ToString())];

    private static async Task<(string Tenant, string BaseModel, DeploymentReport Report)> ReportAsync(DeliveryHost host)
    {
        await host.UntilAsync(() => host.Engine.Reports.Count > 0, "the deployer reports");
        return Assert.Single(host.Engine.Reports);
    }

    private static Task AskAsync(DeliveryHost host, string id, string kind, string version, string? artifact = null, string deployer = "gpu-a")
    {
        var now = host.Clock.GetUtcNow();
        return host.Outbox.AddAsync(
            [
                new OutboxEntry
                {
                    Id = id, Tenant = "default", Kind = kind, Destination = DeploymentRequest.DestinationOf(deployer), CreatedAt = now, QueuedAt = now, NextAttemptAt = now,
                    Payload = JsonSerializer.SerializeToUtf8Bytes(new DeploymentRequest
                    {
                        Id = id, Tenant = "default", BaseModel = FakeVllm.BaseModel, Version = version, LoraName = version, ArtifactUri = artifact, Deployer = deployer,
                    }),
                },
            ],
            default);
    }
}
