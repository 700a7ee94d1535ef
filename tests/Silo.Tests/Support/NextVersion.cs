using System.Diagnostics;
using Drift.Support;

namespace Drift.Silo.Tests.Support;

/// <summary>The silo once more, with what travels between silos built as another version.</summary>
internal static class NextVersion
{
    private const string Number = "99.0.0";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    // The grains and what they are called by: two projects of twenty, as building all of them takes minutes.
    private static readonly string[] Projects = ["Grains.Interfaces", "Grains"];

    /// <summary>Builds it into a folder, and gives its path.</summary>
    public static async Task<string> BuildAsync(TempDirectory folder)
    {
        // bin/Silo.Tests/release is where this runs, bin/Silo/release has the silo alone.
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var silo = new DirectoryInfo(folder["silo"]);
        CopyAll(new DirectoryInfo(Path.Combine(here.Parent!.Parent!.FullName, "Silo", here.Name)), silo);
        foreach (var project in Projects)
            await BuildAsync(project, here.Name, silo.FullName, folder);
        Assert.Equal($"{Number}.0", FileVersionInfo.GetVersionInfo(Path.Combine(silo.FullName, "Drift.Grains.dll")).FileVersion);
        return Path.Combine(silo.FullName, "Drift.Silo.dll");
    }

    private static async Task BuildAsync(string project, string configuration, string silo, TempDirectory folder)
    {
        string[] command =
        [
            DotNet, "build", Path.Combine(Repository.Root, "src", project, $"{project}.csproj"), "-c", configuration, "--no-restore", $"-p:Version={Number}",
            // Against what lies there already, and in its place.
            "-p:BuildProjectReferences=false", "-p:ProduceReferenceAssembly=false", $"-p:OutDir={silo}/", $"-p:IntermediateOutputPath={folder[$"obj-{project}"]}/",
            // What the build of the working tree has checked already.
            "-p:RunAnalyzers=false", "-p:GenerateDocumentationFile=false", "--disable-build-servers", "-v", "quiet",
        ];
        await using var build = await GuardedProcess.StartAsync(command, folder[$"log-{project}"]);
        using var limit = new CancellationTokenSource(Limit);
        var code = await build.WaitForExitAsync(limit.Token);
        Assert.True(code == 0, build.LogTail(40));
    }

    private static void CopyAll(DirectoryInfo from, DirectoryInfo to)
    {
        to.Create();
        foreach (var file in from.EnumerateFiles())
            file.CopyTo(Path.Combine(to.FullName, file.Name));
        foreach (var folder in from.EnumerateDirectories())
            CopyAll(folder, to.CreateSubdirectory(folder.Name));
    }

    private static string DotNet =>
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } dotnet ? dotnet : Executables.Find("dotnet") ?? Environment.ProcessPath!;
}
