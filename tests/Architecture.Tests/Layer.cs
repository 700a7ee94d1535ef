namespace Drift.Architecture.Tests;

/// <summary>What a project under <c>src</c> may refer to.</summary>
internal sealed record Layer
{
    /// <summary>Names of our own projects; <c>*</c> stands for any.</summary>
    public string[] Projects { get; init; } = [];

    /// <summary>Package ids; a trailing <c>*</c> stands for any ending.</summary>
    public string[] Packages { get; init; } = [];

    public bool AspNet { get; init; }

    public bool AllowsProject(string name) => Projects.Contains("*") || Projects.Contains(name);

    public bool AllowsPackage(string id) => Packages.Any(p => p.EndsWith('*') ? id.StartsWith(p[..^1], StringComparison.Ordinal) : id == p);
}
