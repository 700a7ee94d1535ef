using Drift.Core.Triggers;
using FsCheck;
using FsCheck.Fluent;

namespace Drift.Core.Tests.Triggers;

public sealed class TriggerLifecycleTests
{
    private static readonly TriggerStatus[] All = Enum.GetValues<TriggerStatus>();

    [Theory]
    [InlineData(TriggerStatus.Pending, "Approved, Cancelled, Expired")]
    [InlineData(TriggerStatus.Approved, "Sent, Accepted, Running, Succeeded, Failed, Cancelled, Expired")]
    [InlineData(TriggerStatus.Sent, "Accepted, Running, Succeeded, Failed, Cancelled, Expired")]
    [InlineData(TriggerStatus.Accepted, "Running, Succeeded, Failed, Cancelled, Expired")]
    [InlineData(TriggerStatus.Running, "Succeeded, Failed, Cancelled, Expired")]
    [InlineData(TriggerStatus.Succeeded, "")]
    [InlineData(TriggerStatus.Failed, "")]
    [InlineData(TriggerStatus.Cancelled, "")]
    [InlineData(TriggerStatus.Expired, "")]
    public void A_status_is_followed_by_these_and_no_other(TriggerStatus status, string after)
    {
        Assert.Equal(after, string.Join(", ", TriggerLifecycle.After(status)));
        Assert.Equal(after.Length == 0, TriggerLifecycle.IsOver(status));
    }

    [Fact]
    public void Nothing_leads_back_and_nothing_leads_out_of_an_end()
    {
        foreach (var from in All)
        {
            Assert.All(TriggerLifecycle.After(from), to => Assert.True(to > from, $"{from} to {to}"));
            Assert.Equal(TriggerStep.Keep, TriggerLifecycle.Decide(from, from));
        }
    }

    [Theory]
    [InlineData(TriggerStatus.Running, TriggerStatus.Accepted, TriggerStep.Keep)]
    [InlineData(TriggerStatus.Succeeded, TriggerStatus.Running, TriggerStep.Keep)]
    [InlineData(TriggerStatus.Failed, TriggerStatus.Sent, TriggerStep.Keep)]
    [InlineData(TriggerStatus.Failed, TriggerStatus.Succeeded, TriggerStep.Refuse)]
    [InlineData(TriggerStatus.Succeeded, TriggerStatus.Cancelled, TriggerStep.Refuse)]
    [InlineData(TriggerStatus.Cancelled, TriggerStatus.Running, TriggerStep.Refuse)]
    [InlineData(TriggerStatus.Expired, TriggerStatus.Succeeded, TriggerStep.Refuse)]
    [InlineData(TriggerStatus.Pending, TriggerStatus.Running, TriggerStep.Refuse)]
    public void What_was_overtaken_is_kept_and_what_contradicts_is_refused(TriggerStatus current, TriggerStatus next, TriggerStep step) =>
        Assert.Equal(step, TriggerLifecycle.Decide(current, next));

    /// <summary>Random commands, duplicates and reorderings included: only moves of the table happen, and an end is final.</summary>
    [Fact]
    public void Whatever_comes_in_whatever_order_only_the_table_s_moves_happen()
    {
        var commands = Gen.Elements(All).ListOf();
        Check.QuickThrowOnFailure(Prop.ForAll(commands.ToArbitrary(), list =>
        {
            var status = TriggerStatus.Pending;
            TriggerStatus? end = null;
            foreach (var next in list)
            {
                var before = status;
                if (TriggerLifecycle.Decide(status, next) == TriggerStep.Move)
                    status = next;
                Assert.True(status == before || TriggerLifecycle.After(before).Contains(status));
                if (end is not null)
                    Assert.Equal(end, status);
                if (TriggerLifecycle.IsOver(status))
                    end = status;
            }
        }));
    }

    /// <summary>What one honest trainer says, shuffled and repeated, is never refused and always ends as it ended.</summary>
    [Fact]
    public void The_reports_of_a_trainer_end_the_same_in_any_order_and_however_often()
    {
        TriggerStatus[] said = [TriggerStatus.Sent, TriggerStatus.Accepted, TriggerStatus.Running, TriggerStatus.Succeeded];
        var orders = from shuffled in Gen.Shuffle((TriggerStatus[])[.. said, .. said, .. said])
                     select shuffled;
        Check.QuickThrowOnFailure(Prop.ForAll(orders.ToArbitrary(), reports =>
        {
            var status = TriggerStatus.Approved;
            foreach (var report in reports)
            {
                var step = TriggerLifecycle.Decide(status, report);
                Assert.NotEqual(TriggerStep.Refuse, step);
                if (step == TriggerStep.Move)
                    status = report;
            }

            Assert.Equal(TriggerStatus.Succeeded, status);
        }));
    }
}
