using System.CommandLine;
using Drift.Hosting;

namespace Drift.Standalone.Hosting;

/// <summary>What <c>serve</c> and <c>migrate</c> are told on the command line.</summary>
/// <param name="Data">The folder for what the host keeps.</param>
/// <param name="Urls">Where to listen; null: <c>ASPNETCORE_URLS</c>, else <see cref="DriftHosting.DefaultUrl"/>.</param>
/// <param name="Demo">Whether to send demo traffic to itself.</param>
internal sealed record HostOptions(string Data, string? Urls, bool Demo)
{
    public static Option<string> DataOption { get; } = new("--data")
    {
        Description = "Folder for what the monitor keeps (SQLite), made if it is not there.",
        DefaultValueFactory = _ => "./data",
        HelpName = "DIR",
    };

    public string SqlitePath => Path.Combine(Path.GetFullPath(Data), "drift.db");
}
