using System.Diagnostics;
using System.Globalization;
using Drift.Support;

namespace Drift.Load;

/// <summary>A file system of a few megabytes in memory, which can be filled to its last byte. Only root can mount one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TempDirectory _folder = new("drift-disk-");

    private SmallDisk()
    {
    }

    /// <summary>Whether this process may mount, and why not.</summary>
    public static string? Obstacle =>
        !OperatingSystem.IsLinux() ? "mounting a small disk needs Linux"
        : !Environment.IsPrivilegedProcess ? "mounting a small disk needs root"
        : Executables.Find("mount") is null ? "there is no mount command"
        : null;

    public string Path => _folder.Path;

    private string Filler => _folder["filler"];

    /// <summary>Mounts one; null where the system refuses, as in a container without the right.</summary>
    public static SmallDisk? TryMount(int megabytes)
    {
        var disk = new SmallDisk();
        if (Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m,mode=0777"), "drift-torture", disk.Path))
            return disk;
        disk._folder.Dispose();
        return null;
    }

    /// <summary>Leaves no byte free.</summary>
    public void Fill()
    {
        using var file = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.Read, 1);
        var chunk = new byte[64 * 1024];
        try
        {
            while (true)
                file.Write(chunk);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>Takes away what filled it.</summary>
    public void Free() => File.Delete(Filler);

    public void Dispose()
    {
        Run("umount", "-l", Path);
        _folder.Dispose();
    }

    private static bool Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true });
        process?.StandardError.ReadToEnd();
        process?.WaitForExit();
        return process?.ExitCode == 0;
    }
}
