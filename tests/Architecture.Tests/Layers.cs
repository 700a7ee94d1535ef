namespace Drift.Architecture.Tests;

/// <summary>
/// The layers (docs/architecture.md), lowest first. A new project under <c>src</c> gets its line here; a new reference that fails a
/// test belongs in another layer more often than in this table.
/// </summary>
internal static class Layers
{
    private const string Extensions = "Microsoft.Extensions.*";
    private const string Orleans = "Microsoft.Orleans.*";

    public static readonly IReadOnlyDictionary<string, Layer> Table = new Dictionary<string, Layer>
    {
        // Pure: values in, values out.
        ["Core"] = new() { Packages = ["MathNet.Numerics"] },
        ["Actors"] = new() { Projects = ["Core"], Packages = [Extensions] },
        ["Storage"] = new() { Projects = ["Actors", "Core"], Packages = [Extensions, "Npgsql", "Microsoft.Data.Sqlite.Core", "SQLitePCLRaw.*"] },
        // Whatever leaves the host over HTTP: no lower layer has a client.
        ["Delivery"] = new() { Projects = ["Actors", "Core"], Packages = [Extensions] },
        ["Telemetry"] = new() { Projects = ["Core"], Packages = [Extensions] },
        ["Api"] = new() { Projects = ["Actors", "Core", "Telemetry"], Packages = [Extensions, "Microsoft.AspNetCore.*"], AspNet = true },
        ["Console"] = new() { Projects = ["Actors", "Core", "Api"], Packages = [Extensions, "Microsoft.AspNetCore.*", "Radzen.Blazor"], AspNet = true },
        ["Grains.Interfaces"] = new() { Projects = ["Actors"], Packages = [Orleans] },
        ["Grains"] = new() { Projects = ["Grains.Interfaces", "Actors"], Packages = [Extensions, Orleans] },

        // What both composition roots do.
        ["Hosting"] = new() { Projects = ["Core", "Actors", "Storage", "Delivery", "Telemetry", "Api"], Packages = [Extensions], AspNet = true },

        // Composition roots. Standalone must restore without Orleans.
        ["Standalone"] = new()
        {
            Projects = ["Core", "Actors", "Storage", "Delivery", "Telemetry", "Api", "Console", "Hosting"],
            Packages = [Extensions, "Microsoft.AspNetCore.*", "Npgsql", "Microsoft.Data.Sqlite.Core", "SQLitePCLRaw.*", "Spectre.Console", "System.CommandLine"],
            AspNet = true,
        },
        ["Silo"] = new() { Projects = ["*"], Packages = ["*"], AspNet = true },
    };

    /// <summary>Projects that need Orleans' packages, which not every source carries.</summary>
    public static readonly IReadOnlyList<string> OrleansHalf = ["Grains.Interfaces", "Grains", "Silo"];
}
