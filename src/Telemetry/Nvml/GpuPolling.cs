using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Drift.Telemetry.Nvml;

/// <summary>Puts the poller into a host.</summary>
public static class GpuPolling
{
    /// <summary>
    /// Polls this machine's GPUs for as long as the host runs, by the options of <see cref="GpuPollOptions.SectionName"/>. The host adds
    /// the <see cref="IGpuSink"/>, metrics and a clock.
    /// </summary>
    public static IServiceCollection AddGpuPolling(this IServiceCollection services)
    {
        services.AddOptions<GpuPollOptions>().BindConfiguration(GpuPollOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<GpuPollOptions>, GpuPollOptionsValidator>());
        services.AddSingleton<GpuPollInstruments>();
        return services.AddHostedService<GpuPollService>();
    }
}
