namespace Drift.Support;

/// <summary>A fresh folder that is removed, with what it holds, on dispose.</summary>
public sealed class TempDirectory : IDisposable
{
    /// <param name="prefix">The start of the folder's name, so that a stray one can be told.</param>
    public TempDirectory(string prefix = "drift-")
        : this(Directory.CreateTempSubdirectory(prefix))
    {
    }

    private TempDirectory(DirectoryInfo folder) => Path = folder.FullName;

    /// <summary>A fresh folder in another place than the system's.</summary>
    public static TempDirectory In(string parent, string prefix) =>
        new(Directory.CreateDirectory(System.IO.Path.Combine(parent, prefix + System.IO.Path.GetRandomFileName())));

    /// <summary>The folder's full path.</summary>
    public string Path { get; }

    /// <summary>The path of a file or folder in it, which need not exist.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Removes the folder. A server that is just going may still write into it, so this tries for a while, then leaves it.</summary>
    public void Dispose()
    {
        for (var attempt = 0; Directory.Exists(Path) && attempt < 50; attempt++)
        {
            try
            {
                Directory.Delete(Path, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Thread.Sleep(20);
            }
        }
    }
}
