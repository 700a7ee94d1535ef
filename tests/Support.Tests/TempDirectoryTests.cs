namespace Drift.Support.Tests;

public sealed class TempDirectoryTests
{
    [Fact]
    public void A_folder_goes_with_what_it_holds()
    {
        string path;
        using (var folder = new TempDirectory())
        {
            path = folder.Path;
            Directory.CreateDirectory(folder["inner"]);
            File.WriteAllText(folder["inner/file"], "");
            Assert.True(File.Exists(folder["inner/file"]));
        }

        Assert.False(Directory.Exists(path));
    }
}
