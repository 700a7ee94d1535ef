using System.Diagnostics.CodeAnalysis;

namespace Drift.Actors;

/// <summary>The identity of a model: its tenant and its name, each 1 to 128 of <c>A–Z a–z 0–9 . _ -</c>, starting with a letter or digit.</summary>
public sealed record ModelId
{
    /// <summary>The tenant of callers without a key.</summary>
    public const string DefaultTenant = "default";

    /// <summary>The longest tenant or model name.</summary>
    public const int MaxLength = 128;

    private ModelId(string tenant, string name)
    {
        Tenant = tenant;
        Name = name;
    }

    /// <summary>The tenant.</summary>
    public string Tenant { get; }

    /// <summary>The model's name within its tenant.</summary>
    public string Name { get; }

    /// <summary>The identity of that tenant and name, when both are well-formed.</summary>
    public static bool TryCreate(string tenant, string name, [NotNullWhen(true)] out ModelId? id)
    {
        id = IsName(tenant) && IsName(name) ? new ModelId(tenant, name) : null;
        return id is not null;
    }

    /// <summary>The identity of that tenant and name.</summary>
    /// <exception cref="ArgumentException">One of them is not well-formed.</exception>
    public static ModelId Create(string tenant, string name) =>
        TryCreate(tenant, name, out var id) ? id : throw new ArgumentException($"'{tenant}/{name}' is no model id.", nameof(name));

    /// <summary>Reads <c>tenant/model</c>.</summary>
    public static ModelId Parse(string text) =>
        text.Split('/') is [var tenant, var name] ? Create(tenant, name) : throw new ArgumentException($"'{text}' is no model id.", nameof(text));

    /// <summary>Whether a text can be the name of a tenant or a model.</summary>
    public static bool IsName(string? text) =>
        text is { Length: > 0 and <= MaxLength } && char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    /// <summary><c>tenant/model</c>.</summary>
    public override string ToString() => $"{Tenant}/{Name}";
}
