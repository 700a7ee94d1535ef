using System.Text.Json;
using Drift.Actors;
using Drift.Actors.Adapters;
using Drift.Actors.Ports;
using Microsoft.Extensions.Logging;

namespace Drift.Delivery.Deployers;

/// <summary>
/// Takes requests to load and unload adapters out of the outbox to their deployer, and tells the base model's catalog how that ended. The catalog
/// is told before the request counts as delivered: a host that is killed in between asks and tells again, which changes nothing.
/// </summary>
internal sealed partial class DeployerChannel : IDeliveryChannel
{
    private const int MaxMessage = 1_000;

    private readonly string _name;
    private readonly TimeSpan _giveUpAfter;
    private readonly IDeployer _deployer;
    private readonly IDriftEngine _engine;
    private readonly DeployerInstruments _instruments;
    private readonly TimeProvider _clock;
    private readonly ILogger<DeployerChannel> _logger;

    public DeployerChannel(
        string name, TimeSpan giveUpAfter, IDeployer deployer, IDriftEngine engine, DeployerInstruments instruments, TimeProvider clock, ILogger<DeployerChannel> logger)
    {
        (_name, _giveUpAfter, _deployer, _engine, _instruments, _clock, _logger) = (name, giveUpAfter, deployer, engine, instruments, clock, logger);
        Destination = DeploymentRequest.DestinationOf(name);
        instruments.Configured(name);
    }

    public string Destination { get; }

    public TimeSpan? AttemptLimit => _deployer.Timeout;

    public async Task<DeliveryResult> SendAsync(OutboxEntry entry, CancellationToken cancellationToken)
    {
        if (Read(entry) is not { } request)
            return new DeliveryResult(DeliveryOutcome.Refused, "was not asked: the message is no request to load or unload an adapter");
        var loads = entry.Kind == DeploymentRequest.LoadKind;
        var started = _clock.GetTimestamp();
        var result = loads
            ? await _deployer.LoadAsync(request, cancellationToken).ConfigureAwait(false)
            : await _deployer.UnloadAsync(request, cancellationToken).ConfigureAwait(false);
        _instruments.Attempted(_name, ActionOf(entry), result.Outcome == DeliveryOutcome.Delivered, _clock.GetElapsedTime(started));
        if (result.Outcome == DeliveryOutcome.Delivered)
        {
            await ReportAsync(request, loads ? DeploymentOutcome.Loaded : DeploymentOutcome.Unloaded, null, cancellationToken).ConfigureAwait(false);
            LogDeployed(request.Version, request.BaseModel, loads ? "loaded" : "unloaded", _name);
            return result;
        }

        // A version that waits to be loaded is worth less patience than an alert.
        return result.Outcome == DeliveryOutcome.Failed && _clock.GetUtcNow() - entry.QueuedAt >= _giveUpAfter
            ? new DeliveryResult(DeliveryOutcome.Refused, $"{result.Error}; this went on for {_giveUpAfter}")
            : result;
    }

    public async Task GivingUpAsync(OutboxEntry entry, string error, CancellationToken cancellationToken)
    {
        if (Read(entry) is not { } request)
            return;
        var message = $"The deployer '{_name}' {error}.";
        await ReportAsync(request, DeploymentOutcome.Failed, message.Length > MaxMessage ? message[..MaxMessage] : message, cancellationToken).ConfigureAwait(false);
        _instruments.GivenUp(_name, ActionOf(entry));
    }

    private Task ReportAsync(DeploymentRequest request, DeploymentOutcome outcome, string? message, CancellationToken cancellationToken) =>
        _engine.Adapters(request.Tenant, request.BaseModel).ReportDeploymentAsync(
            new DeploymentReport { Version = request.Version, DeploymentId = request.Id, Outcome = outcome, Message = message }, cancellationToken);

    private static string ActionOf(OutboxEntry entry) => entry.Kind == DeploymentRequest.LoadKind ? "load" : "unload";

    private static DeploymentRequest? Read(OutboxEntry entry)
    {
        if (entry.Kind is not (DeploymentRequest.LoadKind or DeploymentRequest.UnloadKind))
            return null;
        try
        {
            return JsonSerializer.Deserialize(entry.Payload.Span, DeployerJson.Default.DeploymentRequest);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [LoggerMessage(DeliveryEventId.Deployed, LogLevel.Information, "Adapter {Version} of {BaseModel} is {Done} by {Deployer}.")]
    private partial void LogDeployed(string version, string baseModel, string done, string deployer);
}
