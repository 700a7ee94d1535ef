using System.Text.Json;

namespace Drift.Standalone.Loop;

/// <summary>
/// What the demo's trainer trains in place of a LoRA adapter of a language model: a logistic regression, trained by stochastic gradient descent, whose
/// losses and mistakes are real.
/// </summary>
internal sealed class TicketAdapter
{
    private readonly double[] _weights;
    private double _bias;

    private TicketAdapter(double[] weights, double bias)
    {
        _weights = weights;
        _bias = bias;
    }

    /// <summary>How an epoch of training ended.</summary>
    /// <param name="Number">From 1.</param>
    /// <param name="TrainingLoss">Mean log loss of the training tickets.</param>
    /// <param name="ValidationLoss">That of the others.</param>
    public readonly record struct Epoch(int Number, double TrainingLoss, double ValidationLoss);

    /// <summary>One that knows nothing.</summary>
    public static TicketAdapter Untrained() => new(new double[TicketWorld.Names.Count], 0);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public static TicketAdapter Load(string file)
    {
        var numbers = JsonSerializer.Deserialize<double[]>(File.ReadAllText(file))!;
        return new TicketAdapter(numbers[1..], numbers[0]);
    }

    /// <summary>Writes it.</summary>
    public void Save(string file) => File.WriteAllText(file, JsonSerializer.Serialize<double[]>([_bias, .. _weights]));

    /// <summary>The probability that a person must take a ticket.</summary>
    public double Score(ReadOnlySpan<double> features)
    {
        var logit = _bias;
        for (var f = 0; f < features.Length; f++)
            logit += _weights[f] * features[f];
        return 1 / (1 + Math.Exp(-logit));
    }

    /// <summary>Trains for one epoch after the other, as often as the caller asks for the next.</summary>
    public IEnumerable<Epoch> Train(Ticket[] tickets, Ticket[] validation, double rate, Random random)
    {
        for (var epoch = 1; ; epoch++)
        {
            random.Shuffle(tickets);
            foreach (var (features, escalate) in tickets)
            {
                var error = Score(features) - (escalate ? 1 : 0);
                _bias -= rate * error;
                for (var f = 0; f < features.Length; f++)
                    _weights[f] -= rate * error * features[f];
            }

            yield return new Epoch(epoch, LossOf(tickets), LossOf(validation));
        }
    }

    private double LossOf(Ticket[] tickets) =>
        tickets.Average(t => -Math.Log(Math.Clamp(t.Escalate ? Score(t.Features) : 1 - Score(t.Features), 1e-12, 1)));
}
