using Xunit;

namespace Drift.Support;

/// <summary>Finds the public data sets that lie beside the repository, in <c>../shared/data</c> seen from the solution's folder.</summary>
public static class SharedData
{
    public const string SkipReason = "The data sets are not there: no folder ../shared/data beside the one that holds Orleans.Drift.sln.";

    /// <summary>The folder, or null where it is absent.</summary>
    public static string? Folder { get; } = Find();

    public static string PathOf(string file) =>
        Path.Combine(Folder ?? throw new InvalidOperationException(SkipReason), file);

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Orleans.Drift.sln")))
            {
                var data = Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared", "data"));
                return Directory.Exists(data) ? data : null;
            }
        }

        return null;
    }
}

/// <summary>A fact about the shared data sets: reported as skipped where they are absent, never as passed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DataFactAttribute : FactAttribute
{
    public DataFactAttribute()
    {
        if (SharedData.Folder is null)
        {
            Skip = SharedData.SkipReason;
        }
    }
}

/// <summary>A theory about the shared data sets: reported as skipped where they are absent, never as passed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DataTheoryAttribute : TheoryAttribute
{
    public DataTheoryAttribute()
    {
        if (SharedData.Folder is null)
        {
            Skip = SharedData.SkipReason;
        }
    }
}
