namespace Drift.Core.Gpus;

/// <summary>What holds a GPU's clocks down: NVML's bits and their words.</summary>
public static class ThrottleReasons
{
    private static readonly (long Bit, string Word)[] Table =
    [
        (0x001, "gpu_idle"),
        (0x002, "applications_clocks_setting"),
        (0x004, "sw_power_cap"),
        (0x008, "hw_slowdown"),
        (0x010, "sync_boost"),
        (0x020, "sw_thermal_slowdown"),
        (0x040, "hw_thermal_slowdown"),
        (0x080, "hw_power_brake_slowdown"),
        (0x100, "display_clock_setting"),
    ];

    /// <summary>
    /// The reasons that speak of a fault: heat, or power that the board or its supply cannot give. A power cap is none, because it is
    /// how a board under full load works.
    /// </summary>
    public static IReadOnlyList<string> Harmful { get; } =
        ["hw_slowdown", "sw_thermal_slowdown", "hw_thermal_slowdown", "hw_power_brake_slowdown"];

    /// <summary>The words of a mask; bits that are not known come as <c>bit_N</c>.</summary>
    public static IReadOnlyList<string> Words(long mask)
    {
        if (mask == 0)
            return [];
        var words = new List<string>();
        foreach (var (bit, word) in Table)
        {
            if ((mask & bit) != 0)
                words.Add(word);
            mask &= ~bit;
        }

        for (var n = 0; mask != 0; n++, mask >>>= 1)
        {
            if ((mask & 1) != 0)
                words.Add(FormattableString.Invariant($"bit_{n}"));
        }

        return words;
    }

    /// <summary>Whether a mask has one of the <see cref="Harmful"/> reasons.</summary>
    public static bool IsHarmful(long mask) => (mask & 0x0E8) != 0;

    /// <summary>Whether a mask has the reason of that word.</summary>
    public static bool Has(long mask, string word)
    {
        foreach (var (bit, name) in Table)
        {
            if (name == word)
                return (mask & bit) != 0;
        }

        return false;
    }
}
