namespace Drift.Standalone.Loop;

/// <summary>A support ticket with what turned out to be right for it.</summary>
/// <param name="Features">In the order of <see cref="TicketWorld.Names"/>.</param>
/// <param name="Escalate">Whether a person had to take it.</param>
internal readonly record struct Ticket(double[] Features, bool Escalate);

/// <summary>Made-up support tickets: how they look and which of them a person must take, before the world changes and after.</summary>
internal sealed class TicketWorld
{
    /// <summary>As it was when the first adapter was trained.</summary>
    public static readonly TicketWorld Before = new([0, 0, 0], [2, -1, 0.5], 0);

    /// <summary>As it is now: other tickets come, and other ones need a person.</summary>
    public static readonly TicketWorld After = new([1.2, 0, -0.8], [-1.5, -1, 2], 1);

    private readonly double[] _means;
    private readonly double[] _weights;
    private readonly double _bias;

    private TicketWorld(double[] means, double[] weights, double bias)
    {
        _means = means;
        _weights = weights;
        _bias = bias;
    }

    /// <summary>The features.</summary>
    public static IReadOnlyList<string> Names { get; } = ["urgency", "length", "sentiment"];

    /// <summary>Tickets that are independent of each other.</summary>
    public Ticket[] Take(int count, Random random)
    {
        var tickets = new Ticket[count];
        for (var i = 0; i < count; i++)
        {
            var features = new double[_means.Length];
            var logit = _bias;
            for (var f = 0; f < features.Length; f++)
            {
                features[f] = _means[f] + Normal(random);
                logit += _weights[f] * features[f];
            }

            tickets[i] = new Ticket(features, random.NextDouble() < 1 / (1 + Math.Exp(-logit)));
        }

        return tickets;
    }

    // Box and Muller, "A note on the generation of random normal deviates", 1958.
    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
