namespace Drift.Core.Windows;

/// <summary>A stretch of time that ends now: 1 h, 24 h, 7 d or 30 d.</summary>
public readonly record struct Window
{
    private Window(string name, TimeSpan length)
    {
        Name = name;
        Length = length;
    }

    /// <summary>The names of all windows.</summary>
    public static IReadOnlyList<string> All { get; } = ["1h", "24h", "7d", "30d"];

    /// <summary>The name: <c>1h</c>, <c>24h</c>, <c>7d</c>, <c>30d</c>.</summary>
    public string Name { get; }

    /// <summary>The length.</summary>
    public TimeSpan Length { get; }

    /// <summary>The window of that name.</summary>
    public static bool TryParse(string? name, out Window window)
    {
        TimeSpan? length = name switch
        {
            "1h" => TimeSpan.FromHours(1),
            "24h" => TimeSpan.FromHours(24),
            "7d" => TimeSpan.FromDays(7),
            "30d" => TimeSpan.FromDays(30),
            _ => null,
        };
        window = length is { } known ? new Window(name!, known) : default;
        return length is not null;
    }

    /// <summary>The window of that name.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static Window Parse(string name) =>
        TryParse(name, out var window) ? window : throw new ArgumentException($"'{name}' is no window, use one of {string.Join(", ", All)}.", nameof(name));

    /// <inheritdoc/>
    public override string ToString() => Name;
}
