using System.Net;

namespace Drift.Load;

/// <summary>One load.</summary>
internal sealed record LoadOptions
{
    /// <summary>The server; a loopback address.</summary>
    public required Uri Url { get; init; }

    public RowFormat Format { get; init; } = RowFormat.Json;

    /// <summary>Requests in flight at most; each is a connection of its own.</summary>
    public int Connections { get; init; } = 16;

    /// <summary>Requests per second at fixed times (open loop); null sends the next one when the last is answered (closed loop).</summary>
    public double? Rate { get; init; }

    public int BatchRows { get; init; } = 1000;

    public int NumericColumns { get; init; } = 10;

    public int CategoricalColumns { get; init; }

    /// <summary>Decimals of a number, 1 to 15; 17 writes a double's shortest exact form, 15 to 17 digits.</summary>
    public int Digits { get; init; } = 6;

    /// <summary>The rows of a batch have times that are spread over so long until the load is made; zero: they have none.</summary>
    public TimeSpan History { get; init; }

    public int Models { get; init; } = 1;

    /// <summary>Models are <c>NAME-0</c>, <c>NAME-1</c> and so on.</summary>
    public string ModelName { get; init; } = "load";

    /// <summary>0: all models alike; 1: the second gets half as much as the first, the third a third (Zipf's exponent).</summary>
    public double Skew { get; init; }

    /// <summary>Rows of each new model's reference, sent before the load; 0 lets the models learn from the load itself.</summary>
    public int ReferenceRows { get; init; } = 1000;

    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The share of requests that send an acknowledged batch again, 0 up to 1.</summary>
    public double Resend { get; init; }

    public ulong Seed { get; init; } = 1;

    /// <summary>Begins every batch id. The same one twice on one server would be taken for batches sent again.</summary>
    public string Run { get; init; } = Guid.NewGuid().ToString("N")[..8];

    public string? Key { get; init; }

    /// <summary>Whether the server is a monitor, whose receipts and counts are checked; false for an endpoint that only answers.</summary>
    public bool Verify { get; init; } = true;

    /// <summary>How long an answer is waited for before the batch is sent again on a new connection; null waits as long as the connection stands.</summary>
    public TimeSpan? AttemptLimit { get; init; }

    /// <summary>How long an unanswered batch is tried again after the end.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What is wrong with them, in words for whoever set them; empty when nothing is.</summary>
    public IEnumerable<string> Faults()
    {
        if (Url.Scheme != Uri.UriSchemeHttp || !IsLoopback(Url))
            yield return $"--url {Url}: load goes to this machine only, over http (http://127.0.0.1:PORT or http://localhost:PORT).";
        if (Connections is < 1 or > 10_000)
            yield return "--connections is 1 to 10000.";
        if (Rate is <= 0 or double.NaN or double.PositiveInfinity)
            yield return "--rate is above 0.";
        if (BatchRows is < 1 or > 1_000_000)
            yield return "--batch is 1 to 1000000.";
        if (NumericColumns < 0 || CategoricalColumns < 0 || NumericColumns + CategoricalColumns is < 1 or > 10_000)
            yield return "--numeric and --categorical together are 1 to 10000 columns.";
        if (Digits is not (>= 1 and <= 15 or 17))
            yield return "--digits is 1 to 15, or 17.";
        if (History < TimeSpan.Zero || History > TimeSpan.FromDays(60))
            yield return "--history is 0 to 1440 hours.";
        if (Models is < 1 or > 1_000_000)
            yield return "--models is 1 to 1000000.";
        if (Skew is not (>= 0 and <= 5))
            yield return "--skew is 0 to 5.";
        if (ReferenceRows is < 0 or > 1_000_000)
            yield return "--reference-rows is 0 to 1000000.";
        if (WarmUp < TimeSpan.Zero || Duration <= TimeSpan.Zero || WarmUp + Duration > TimeSpan.FromDays(1))
            yield return "--seconds is above 0, --warm-up not below, both together a day at most.";
        if (AttemptLimit <= TimeSpan.Zero)
            yield return "The limit of an attempt is above 0.";
        if (Resend is not (>= 0 and < 1))
            yield return "--resend is 0 up to, not including, 1.";
        if (Run.Length is < 1 or > 64 || !Run.All(IsNameCharacter) || ModelName.Length is < 1 or > 100 || !ModelName.All(IsNameCharacter))
            yield return "--run and --model are of A-Z a-z 0-9 . _ -";
        if (Key is { } key && key.Any(c => c is < '!' or > '~'))
            yield return "--key is of visible ASCII characters.";
    }

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-';

    // A name other than localhost may resolve to anything.
    private static bool IsLoopback(Uri url) =>
        url.Host == "localhost" || (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
