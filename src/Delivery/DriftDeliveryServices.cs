using Drift.Actors.Ports;
using Drift.Delivery.Alerts;
using Drift.Delivery.Deployers;
using Drift.Delivery.Http;
using Drift.Delivery.Triggers;
using Drift.Delivery.Vllm;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Drift.Delivery;

/// <summary>Registers what delivers the outbox, and who is told of alerts and triggers.</summary>
public static class DriftDeliveryServices
{
    /// <summary>
    /// Adds <see cref="IAlertRouter"/>, <see cref="ITriggerRouter"/> and the services that deliver. The host adds <see cref="IOutbox"/>,
    /// <see cref="IAlertStore"/>, <see cref="ITriggerStore"/>, <see cref="IAdapterStore"/> and the engine, which takers of triggers are noted with;
    /// further destinations register as <see cref="IChannelSource"/>.
    /// </summary>
    public static IServiceCollection AddDriftDelivery(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<DeliveryOptions>().BindConfiguration(DeliveryOptions.SectionName).ValidateOnStart();
        services.AddOptions<AlertOptions>().BindConfiguration(AlertOptions.SectionName).ValidateOnStart();
        services.AddOptions<SlackOptions>().BindConfiguration(SlackOptions.SectionName).ValidateOnStart();
        services.AddOptions<AlertmanagerOptions>().BindConfiguration(AlertmanagerOptions.SectionName).ValidateOnStart();
        services.AddOptions<WebhookOptions>()
            .Configure<IConfiguration>((options, configuration) => BindList(configuration.GetSection(WebhookOptions.SectionName), options.Webhooks))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<DeliveryOptions>, DeliveryOptionsValidator>();
        services.AddSingleton<AlertOptionsValidator>();
        services.AddSingleton<IValidateOptions<AlertOptions>>(p => p.GetRequiredService<AlertOptionsValidator>());
        services.AddSingleton<IValidateOptions<SlackOptions>>(p => p.GetRequiredService<AlertOptionsValidator>());
        services.AddSingleton<IValidateOptions<WebhookOptions>>(p => p.GetRequiredService<AlertOptionsValidator>());
        services.AddSingleton<IValidateOptions<AlertmanagerOptions>>(p => p.GetRequiredService<AlertOptionsValidator>());
        services.AddSingleton<OutboundHttp>();
        services.AddSingleton<DeliveryInstruments>();
        services.AddSingleton<AlertDestinations>();
        services.AddSingleton<IAlertRouter>(p => p.GetRequiredService<AlertDestinations>());
        services.AddSingleton<IChannelSource>(p => p.GetRequiredService<AlertDestinations>());
        services.AddOptions<TriggerDestinationOptions>()
            .Configure<IConfiguration>((options, configuration) => BindList(configuration.GetSection(TriggerDestinationOptions.SectionName), options.Destinations))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<TriggerDestinationOptions>, TriggerDestinationOptionsValidator>();
        services.AddSingleton<ITriggerRouter, TriggerRouter>();
        services.AddSingleton<IChannelSource, TriggerChannels>();
        AddDeployers(services);
        AddVllm(services);
        services.TryAddSingleton(_ => new Jitter(Environment.ProcessId));
        services.AddHostedService<DeliveryService>();
        services.AddHostedService<AlertmanagerResender>();
        return services;
    }

    // Else the binder leaves out, without a word, whatever named part holds a value that it cannot read.
    private static void Strictly(BinderOptions binder) => binder.ErrorOnUnknownConfiguration = true;

    /// <summary>A text where members are expected may be an address or a secret, so that the binder's words, which quote it, are not used.</summary>
    private static void BindList<T>(IConfigurationSection section, IList<T> entries)
    {
        var texts = section.GetChildren().Prepend(section).Where(s => s.Value is { Length: > 0 }).ToList();
        if (texts.Count > 0)
        {
            throw new OptionsValidationException(
                section.Path,
                typeof(T),
                texts.Select(t => $"{t.Path} is a text of {t.Value!.Length} characters, must have members: {section.Path}:0:Url, {section.Path}:0:Secret."));
        }

        section.Bind(entries, Strictly);
    }

    private static void AddVllm(IServiceCollection services)
    {
        services.AddOptions<VllmOptions>().BindConfiguration(VllmOptions.SectionName, Strictly).ValidateOnStart();
        services.AddSingleton<IValidateOptions<VllmOptions>, VllmOptionsValidator>();
        services.AddSingleton<VllmInstruments>();
        services.AddHostedService<VllmPollService>();
    }

    private static void AddDeployers(IServiceCollection services)
    {
        services.AddOptions<DeployerOptions>()
            .Configure<IConfiguration>((options, configuration) => configuration.GetSection(DeployerOptions.SectionName).Bind(options.Deployers, Strictly))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<DeployerOptions>, DeployerOptionsValidator>();
        services.AddSingleton<DeployerInstruments>();
        services.AddSingleton<ConfiguredDeployers>();
        services.AddSingleton<IChannelSource, DeployerChannels>();
        services.AddHostedService<DeployerWatch>();
    }
}
