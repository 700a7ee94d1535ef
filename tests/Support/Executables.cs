using System.Globalization;
using System.Text.RegularExpressions;

namespace Drift.Support;

/// <summary>Finds the programs that tests start.</summary>
public static partial class Executables
{
    /// <summary>The folder that holds all the named programs: on the PATH, or where packages put PostgreSQL (newest first).</summary>
    /// <returns>The folder, or null where no folder holds them all.</returns>
    public static string? FindFolder(params string[] programs)
        => OperatingSystem.IsWindows() ? null : Folders().FirstOrDefault(folder => programs.All(p => File.Exists(Path.Combine(folder, p))));

    /// <summary>The full path of a program, or null.</summary>
    public static string? Find(string program)
        => FindFolder(program) is { } folder ? Path.Combine(folder, program) : null;

    private static IEnumerable<string> Folders()
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(Versions("/usr/lib/postgresql", "*"))
            .Concat(Versions("/usr", "pgsql-*"))
            .Concat(Versions("/opt/homebrew/opt", "postgresql*"))
            .Concat(Versions("/usr/local/opt", "postgresql*"))
            .Concat(["/opt/homebrew/bin", "/usr/local/bin"]);

    private static IEnumerable<string> Versions(string folder, string pattern)
        => Directory.Exists(folder)
            ? Directory.GetDirectories(folder, pattern).OrderByDescending(Version).Select(d => Path.Combine(d, "bin"))
            : [];

    private static int Version(string folder)
        => int.TryParse(Digits().Match(Path.GetFileName(folder)).Value, CultureInfo.InvariantCulture, out var version) ? version : 0;

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
