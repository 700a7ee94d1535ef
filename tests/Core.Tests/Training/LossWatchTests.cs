using Drift.Core.Training;

namespace Drift.Core.Tests.Training;

public sealed class LossWatchTests
{
    [Theory]
    [InlineData("2 1 4.9", false)]
    [InlineData("2 1 5.1", true)]
    [InlineData("2 1 5.1 3", false)]
    [InlineData("0.5", false)]
    [InlineData("-3 -1 0 7", false)]
    [InlineData("0 100", false)]
    [InlineData("1 NaN", true)]
    [InlineData("NaN", true)]
    [InlineData("1 NaN 1", false)]
    public void A_loss_diverges_when_it_is_no_number_or_far_above_its_best(string losses, bool diverging)
    {
        var watch = new LossWatch();
        foreach (var text in losses.Split(' '))
        {
            var loss = double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
            watch = watch.Observe(new TrainingPoint { TrainingLoss = double.IsNaN(loss) ? null : loss, Diverged = double.IsNaN(loss) }, 5);
        }

        Assert.Equal(diverging, watch.Diverging);
    }

    [Fact]
    public void The_two_losses_are_judged_each_by_its_own_best_and_a_point_without_one_says_nothing()
    {
        var watch = new LossWatch().Observe(new TrainingPoint { TrainingLoss = 1, ValidationLoss = 10 }, 5);
        Assert.False(watch.Observe(new TrainingPoint { ValidationLoss = 40 }, 5).Diverging);
        watch = watch.Observe(new TrainingPoint { TrainingLoss = 0.5, ValidationLoss = 60 }, 5);
        Assert.Equal((true, 0.5, 10.0), (watch.Diverging, watch.BestTraining, watch.BestValidation));
        Assert.Same(watch, watch.Observe(new TrainingPoint { Step = 3 }, 5));
    }
}
