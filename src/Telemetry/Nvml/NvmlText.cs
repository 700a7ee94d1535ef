using System.Text;

namespace Drift.Telemetry.Nvml;

/// <summary>Reads the texts that NVML writes into a buffer of the caller's.</summary>
internal static unsafe class NvmlText
{
    /// <summary>No text is longer: <c>NVML_DEVICE_NAME_V2_BUFFER_SIZE</c> and <c>NVML_DEVICE_UUID_V2_BUFFER_SIZE</c>.</summary>
    private const int Length = 96;

    /// <summary>Reads a text of a device.</summary>
    public static NvmlReturn Read(delegate*<nint, byte*, uint, NvmlReturn> call, nint device, out string text)
    {
        var buffer = stackalloc byte[Length];
        var result = call(device, buffer, Length);
        text = result == NvmlReturn.Success ? Decode(new ReadOnlySpan<byte>(buffer, Length)) : "";
        return result;
    }

    /// <summary>Reads a text of the system; null when there is none.</summary>
    public static string? Read(delegate*<byte*, uint, NvmlReturn> call)
    {
        var buffer = stackalloc byte[Length];
        return call(buffer, Length) == NvmlReturn.Success ? Decode(new ReadOnlySpan<byte>(buffer, Length)) : null;
    }

    /// <summary>The text up to its zero, or all of it.</summary>
    public static string Decode(ReadOnlySpan<byte> buffer)
    {
        var end = buffer.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? buffer : buffer[..end]);
    }
}
