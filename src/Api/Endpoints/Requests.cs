using Drift.Actors;
using Drift.Api.Auth;
using Drift.Api.Errors;
using Drift.Core.Windows;
using Microsoft.AspNetCore.Http;

namespace Drift.Api.Endpoints;

/// <summary>What all endpoints ask of routes and query strings.</summary>
internal static class Requests
{
    /// <summary>The model of that name in the caller's tenant.</summary>
    /// <exception cref="ApiException">The name cannot be a model's.</exception>
    public static ModelId ModelOf(HttpContext http, string model)
    {
        if (ModelId.TryCreate(http.GetCaller().Tenant, model, out var id))
            return id;
        throw ApiException.ForField(
            ErrorKind.InvalidRequest,
            "model",
            $"is '{Shorten(model)}', a model's name must be 1 to {ModelId.MaxLength} of A-Z a-z 0-9 . _ - and start with a letter or digit");
    }

    /// <summary>A window's name, or null for the model's first.</summary>
    /// <exception cref="ApiException">There is no such window.</exception>
    public static string? WindowOf(string? window) =>
        string.IsNullOrEmpty(window) ? null
        : Window.TryParse(window, out _) ? window
        : throw ApiException.ForField(ErrorKind.InvalidRequest, "window", $"is '{Shorten(window)}', it must be one of {string.Join(", ", Window.All)}");

    /// <summary>A number of a range, or its default.</summary>
    /// <exception cref="ApiException">It is out of range.</exception>
    public static int InRange(string field, int? value, int absent, int least, int most) =>
        value is not { } number ? absent
        : number >= least && number <= most ? number
        : throw ApiException.ForField(ErrorKind.InvalidRequest, field, $"is {number}, it must be {least} to {most}");

    /// <summary>A text of the caller's, short enough for a message.</summary>
    public static string Shorten(string text) => text.Length <= 60 ? text : $"{text[..60]}…";
}
