using System.Net;
using Microsoft.Extensions.Options;

namespace Drift.Silo.Cluster;

/// <summary>Names every fault of a silo's configuration, its connection string included.</summary>
internal sealed class ClusterHostOptionsValidator(DatabaseConnection database) : IValidateOptions<ClusterHostOptions>
{
    private const string Section = ClusterHostOptions.SectionName;

    public ValidateOptionsResult Validate(string? name, ClusterHostOptions options)
    {
        var faults = new List<string>();
        if (database.Fault is { } fault)
            faults.Add(fault);
        RequireId(nameof(options.ClusterId), options.ClusterId);
        RequireId(nameof(options.ServiceId), options.ServiceId);
        if (!IPAddress.TryParse(options.AdvertisedAddress, out var address))
            faults.Add($"{Section}:{nameof(options.AdvertisedAddress)} is '{options.AdvertisedAddress}', it must be an IP address; by default it is that of POD_IP.");
        else if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            faults.Add($"{Section}:{nameof(options.AdvertisedAddress)} is {address}, which no other silo can reach; name the address of this machine.");
        if (options.SiloPort is < 1 or > 65535)
            faults.Add($"{Section}:{nameof(options.SiloPort)} is {options.SiloPort}, it must be 1 to 65535.");
        if (options.ProbeTimeout < TimeSpan.FromMilliseconds(500) || options.ProbeTimeout > TimeSpan.FromSeconds(30))
            faults.Add($"{Section}:{nameof(options.ProbeTimeout)} is {options.ProbeTimeout}, it must be 00:00:00.5 to 00:00:30.");
        if (options.DrainDelay < TimeSpan.Zero || options.DrainDelay > TimeSpan.FromMinutes(2))
            faults.Add($"{Section}:{nameof(options.DrainDelay)} is {options.DrainDelay}, it must be 00:00:00 to 00:02:00.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void RequireId(string key, string value)
        {
            if (value is not { Length: > 0 and <= 100 } || !value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
                faults.Add($"{Section}:{key} is '{value}', it must be 1 to 100 of A-Z a-z 0-9 . _ -");
        }
    }
}
