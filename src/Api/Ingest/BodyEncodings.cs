using Drift.Api.Errors;
using Microsoft.AspNetCore.Http;

namespace Drift.Api.Ingest;

/// <summary>The encodings by their names.</summary>
internal static class BodyEncodings
{
    /// <summary>The encoding of a request's body.</summary>
    /// <exception cref="ApiException">It is none that is understood.</exception>
    public static BodyEncoding Of(HttpRequest request)
    {
        var text = request.Headers.ContentEncoding.ToString().Trim();
        return text.ToLowerInvariant() switch
        {
            "" or "identity" => BodyEncoding.Identity,
            "gzip" or "x-gzip" => BodyEncoding.Gzip,
            "br" => BodyEncoding.Brotli,
            _ => throw new ApiException(ErrorKind.UnsupportedEncoding, $"The content encoding is '{text}', it must be gzip, br or none."),
        };
    }

    /// <summary>The refusal of a body that does not unfold.</summary>
    public static ApiException Damaged(string encoding, Exception? cause = null) =>
        new(ErrorKind.MalformedBody, $"The body is no complete {encoding} stream: it is damaged or cut off.", cause);
}
