namespace Drift.Deploy.Tests;

internal static class Images
{
    /// <summary>Fails unless an image has a tag (or digest) that is not <c>latest</c>.</summary>
    public static void AssertPinned(string image)
    {
        var tag = image[(image.LastIndexOf('/') + 1)..].Split(':', 2).ElementAtOrDefault(1);
        Assert.False(string.IsNullOrEmpty(tag) || tag.StartsWith("latest", StringComparison.Ordinal), $"The image '{image}' names no version.");
    }

    /// <summary>Whether a variable's value must not be read by who reads the manifests.</summary>
    public static bool IsSecretName(string name) =>
        name.Contains("PASSWORD", StringComparison.OrdinalIgnoreCase) || name.Contains("SECRET", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith("__Key", StringComparison.Ordinal) || name.EndsWith("_KEY", StringComparison.Ordinal) || name == "ConnectionStrings__Drift";
}
