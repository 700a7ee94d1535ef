using System.Diagnostics;
using Drift.Support;

namespace Drift.Silo.Tests.Support;

/// <summary>The silo of this working tree once more, built as another version.</summary>
internal static class NextVersion
{
    public const string Number = "99.0.0";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Builds it into a folder, and gives its path.</summary>
    public static async Task<string> BuildAsync(TempDirectory folder)
    {
        string[] command =
        [
            DotNet, "build", Path.Combine(Repository.Root, "src", "Silo", "Silo.csproj"), $"-p:Version={Number}", $"-p:ArtifactsPath={folder["artifacts"]}",
            // What the build of the working tree has checked already.
            "-p:RunAnalyzers=false", "-p:GenerateDocumentationFile=false", "--disable-build-servers", "-v", "quiet",
        ];
        await using (var build = await GuardedProcess.StartAsync(command, folder["log"]))
        {
            using var limit = new CancellationTokenSource(Limit);
            var code = await build.WaitForExitAsync(limit.Token);
            Assert.True(code == 0, build.LogTail(40));
        }

        var silo = Path.Combine(folder["artifacts"], "bin", "Silo", "debug", "Drift.Silo.dll");
        Assert.Equal("99.0.0.0", FileVersionInfo.GetVersionInfo(Path.Combine(Path.GetDirectoryName(silo)!, "Drift.Grains.dll")).FileVersion);
        return silo;
    }

    private static string DotNet =>
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } dotnet ? dotnet : Executables.Find("dotnet") ?? Environment.ProcessPath!;
}
