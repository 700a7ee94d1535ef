using Drift.Core.Adapters;

namespace Drift.Core.Tests.Adapters;

public sealed class AdapterLifecycleTests
{
    [Fact]
    public void The_way_to_champion_leads_through_every_state_in_order()
    {
        AdapterCommand[] commands =
        [
            AdapterCommand.Train, AdapterCommand.Trained, AdapterCommand.Validate, AdapterCommand.Ready, AdapterCommand.DeployCanary, AdapterCommand.Loaded,
            AdapterCommand.Promote, AdapterCommand.Replace, AdapterCommand.Unloaded,
        ];
        var phase = new AdapterPhase(AdapterState.Registered);
        var states = new List<AdapterState>();
        foreach (var command in commands)
        {
            phase = AdapterLifecycle.Next(phase, command)!.Value;
            states.Add(phase.State);
        }

        Assert.Equal(
            [AdapterState.Training, AdapterState.Trained, AdapterState.Validating, AdapterState.Ready, AdapterState.Loading, AdapterState.Serving, AdapterState.Serving, AdapterState.Draining, AdapterState.Retired],
            states);
    }

    [Fact]
    public void Only_loading_and_serving_have_a_role() => Assert.All(
        AdapterLifecycle.Rules.SelectMany(r => new[] { r.From, r.To }),
        p => Assert.Equal(p.State is AdapterState.Loading or AdapterState.Serving, p.Role is not null));

    [Fact]
    public void Every_working_state_can_fail_and_only_serving_can_be_rolled_back()
    {
        var phases = AdapterLifecycle.Rules.SelectMany(r => new[] { r.From, r.To }).Distinct();
        Assert.All(phases, p =>
        {
            Assert.Equal(
                p.State is not (AdapterState.Retired or AdapterState.Failed or AdapterState.RolledBack),
                AdapterLifecycle.Next(p, AdapterCommand.Fail) == new AdapterPhase(AdapterState.Failed));
            Assert.Equal(p.State == AdapterState.Serving, AdapterLifecycle.Next(p, AdapterCommand.Rollback) is not null);
        });
    }

    [Fact]
    public void Callers_are_told_only_what_they_may_do() => Assert.Equal(
        [AdapterCommand.Rollback, AdapterCommand.Retire, AdapterCommand.Fail],
        AdapterLifecycle.Allowed(new AdapterPhase(AdapterState.Serving, AdapterRole.Champion)));

    [Theory]
    [InlineData("meta-llama/Llama-3-8B", true)]
    [InlineData("llama3:8b", true)]
    [InlineData("registry.local:5000/org/base@sha256", true)]
    [InlineData("", false)]
    [InlineData("/llama", false)]
    [InlineData("llama/", false)]
    [InlineData("a//b", false)]
    [InlineData("a/../b", false)]
    [InlineData("a b", false)]
    public void Names_of_base_models_are_those_of_hubs(string name, bool expected) => Assert.Equal(expected, BaseModel.IsName(name));
}
