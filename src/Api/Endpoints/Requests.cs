using System.Text.Json;
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

    /// <summary>A word of an enum, or null when nothing was given.</summary>
    /// <exception cref="ApiException">It is none of the words.</exception>
    public static T? OneOf<T>(string field, string? value)
        where T : struct, Enum
    {
        if (string.IsNullOrEmpty(value))
            return null;
        foreach (var candidate in Enum.GetValues<T>())
        {
            if (JsonNamingPolicy.SnakeCaseLower.ConvertName(candidate.ToString()) == value)
                return candidate;
        }

        var words = string.Join(", ", Enum.GetNames<T>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName));
        throw ApiException.ForField(ErrorKind.InvalidRequest, field, $"is '{Shorten(value)}', it must be one of {words}");
    }

    /// <summary>The longest name of a person or a program that does something.</summary>
    public const int MaxWho = 200;

    /// <summary>What is wrong with a text that somebody wrote; null when nothing is.</summary>
    public static string? TextFault(string text, int most) =>
        string.IsNullOrWhiteSpace(text) ? "is empty"
        : text.Length > most ? $"has {text.Length} characters, at most {most} are possible"
        : text.Contains('\0', StringComparison.Ordinal) ? "has a character that cannot be stored"
        : null;

    /// <summary>Refuses a text that is empty, too long, or cannot be stored.</summary>
    public static void RequireText(string field, string text, int most)
    {
        if (TextFault(text, most) is { } fault)
            throw ApiException.ForField(ErrorKind.InvalidRequest, field, fault);
    }

    /// <summary>A text that is neither empty nor too long, and can be stored.</summary>
    public static string Text(string field, string text, int most)
    {
        RequireText(field, text, most);
        return text;
    }

    /// <summary>The same, of a text that may be absent.</summary>
    public static string? TextOrNull(string field, string? text, int most) => text is null ? null : Text(field, text, most);

    /// <summary>The beginning of what somebody sent, for a message.</summary>
    public static string Shorten(string text) => text.Length <= 60 ? text : $"{text[..60]}…";
}
