namespace Drift.Telemetry.Nvml;

/// <summary>Whether and how this machine's GPUs are polled.</summary>
public sealed class GpuPollOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Drift:Gpus";

    /// <summary>Whether this process polls the GPUs of its machine.</summary>
    /// <value>Default true. Without an NVIDIA driver that costs one look for its library now and then.</value>
    public bool Enabled { get; set; } = true;

    /// <summary>The name under which this machine's GPUs are reported.</summary>
    /// <value>Default none, which is the machine's name. 1 to 128 of A-Z a-z 0-9 . _ -, starting with a letter or digit.</value>
    /// <remarks>In a container the machine's name is the container's: give the node's name, which stays.</remarks>
    public string? Node { get; set; }

    /// <summary>How often they are polled.</summary>
    /// <value>Default 1 second; 100 milliseconds to 10 minutes.</value>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a poll may take before the driver counts as not responding. The poll itself cannot be ended: the next begins when it is over.</summary>
    /// <value>Default 10 seconds; 100 milliseconds to 10 minutes.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The path of NVML's library.</summary>
    /// <value>Default none: <c>libnvidia-ml.so.1</c> where the system looks for libraries.</value>
    public string? Library { get; set; }

    /// <summary>The name in force.</summary>
    internal string NodeName => string.IsNullOrWhiteSpace(Node) ? Environment.MachineName : Node;
}
