namespace Drift.Support;

/// <summary>Where the repository lies, for tests that read its files.</summary>
public static class Repository
{
    private static readonly Lazy<string> LazyRoot = new(Find);

    /// <summary>The folder that holds <c>Orleans.Drift.sln</c>.</summary>
    public static string Root => LazyRoot.Value;

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Orleans.Drift.sln")))
                return folder.FullName;

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Orleans.Drift.sln.");
    }
}
