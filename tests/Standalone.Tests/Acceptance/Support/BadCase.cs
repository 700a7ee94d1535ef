namespace Drift.Standalone.Tests.Acceptance.Support;

/// <summary>A request that must be refused without changing anything.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path; <c>{m}</c> stands for the model.</param>
/// <param name="Body">Makes the body.</param>
/// <param name="Status">The status it is refused with.</param>
/// <param name="Type">The last part of the problem's type.</param>
/// <param name="Says">What the detail must contain: where it is wrong and what would be right.</param>
internal sealed record BadCase(string Method, string Path, Func<HttpContent?> Body, int Status, string Type, params string[] Says)
{
    /// <summary>The row that the problem must name.</summary>
    public int? Row { get; init; }

    /// <summary>A field that the problem's errors must name.</summary>
    public string? Field { get; init; }

    /// <summary>Sent in the header <c>Idempotency-Key</c>.</summary>
    public string? Key { get; init; }

    /// <summary>Whether the model validates strictly.</summary>
    public bool Strict { get; init; }

    /// <summary>Whether the path names no model of its own that could be created instead.</summary>
    public bool NoGhost { get; init; }

    /// <summary>What is asked while the model learns, where it differs.</summary>
    public (int Status, string Type, string[] Says)? WhileLearning { get; init; }
}
