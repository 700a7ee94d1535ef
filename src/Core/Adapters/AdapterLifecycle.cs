using System.Collections.Frozen;

namespace Drift.Core.Adapters;

/// <summary>
/// The table of a LoRA version's transitions; what is not in it cannot happen. It speaks of one version. That a base model has one champion
/// at most, and what a version's change means for others, is the catalog's to see to.
/// </summary>
public static class AdapterLifecycle
{
    private static readonly AdapterPhase Registered = new(AdapterState.Registered);
    private static readonly AdapterPhase Training = new(AdapterState.Training);
    private static readonly AdapterPhase Trained = new(AdapterState.Trained);
    private static readonly AdapterPhase Validating = new(AdapterState.Validating);
    private static readonly AdapterPhase Ready = new(AdapterState.Ready);
    private static readonly AdapterPhase LoadingCanary = new(AdapterState.Loading, AdapterRole.Canary);
    private static readonly AdapterPhase LoadingChampion = new(AdapterState.Loading, AdapterRole.Champion);
    private static readonly AdapterPhase Canary = new(AdapterState.Serving, AdapterRole.Canary);
    private static readonly AdapterPhase Champion = new(AdapterState.Serving, AdapterRole.Champion);
    private static readonly AdapterPhase Draining = new(AdapterState.Draining);
    private static readonly AdapterPhase Retired = new(AdapterState.Retired);
    private static readonly AdapterPhase Failed = new(AdapterState.Failed);
    private static readonly AdapterPhase RolledBack = new(AdapterState.RolledBack);

    /// <summary>All transitions, in the order of a version's life.</summary>
    public static IReadOnlyList<AdapterTransitionRule> Rules { get; } =
    [
        new(Registered, AdapterCommand.Train, Training),
        new(Registered, AdapterCommand.Retire, Retired),
        new(Registered, AdapterCommand.Fail, Failed),
        new(Training, AdapterCommand.Trained, Trained),
        new(Training, AdapterCommand.Fail, Failed),
        new(Trained, AdapterCommand.Validate, Validating),
        new(Trained, AdapterCommand.Retire, Retired),
        new(Trained, AdapterCommand.Fail, Failed),
        new(Validating, AdapterCommand.Ready, Ready),
        new(Validating, AdapterCommand.Fail, Failed),
        new(Ready, AdapterCommand.DeployCanary, LoadingCanary),
        new(Ready, AdapterCommand.DeployChampion, LoadingChampion),
        new(Ready, AdapterCommand.Retire, Retired),
        new(Ready, AdapterCommand.Fail, Failed),
        new(LoadingCanary, AdapterCommand.Loaded, Canary),
        new(LoadingCanary, AdapterCommand.Fail, Failed),
        new(LoadingChampion, AdapterCommand.Loaded, Champion),
        new(LoadingChampion, AdapterCommand.Fail, Failed),
        new(Canary, AdapterCommand.Promote, Champion),
        new(Canary, AdapterCommand.Rollback, RolledBack),
        new(Canary, AdapterCommand.Retire, Draining),
        new(Canary, AdapterCommand.Fail, Failed),
        new(Champion, AdapterCommand.Rollback, RolledBack),
        new(Champion, AdapterCommand.Replace, Draining),
        new(Champion, AdapterCommand.Retire, Draining),
        new(Champion, AdapterCommand.Fail, Failed),
        new(Draining, AdapterCommand.Unloaded, Retired),
        new(Draining, AdapterCommand.Fail, Failed),
        // Not from draining: what is asked of a deployer while another request is under way could be done before that one.
        new(Retired, AdapterCommand.Reinstate, LoadingChampion),
        // What could not be loaded may be loadable when its server is back: the way there leads through another validation.
        new(Failed, AdapterCommand.Validate, Validating),
        new(Failed, AdapterCommand.Retire, Retired),
        new(RolledBack, AdapterCommand.Retire, Retired),
    ];

    private static readonly FrozenDictionary<(AdapterPhase, AdapterCommand), AdapterPhase> Table =
        Rules.ToFrozenDictionary(r => (r.From, r.Command), r => r.To);

    /// <summary>Where a command leads from a phase; null when it cannot be given there.</summary>
    public static AdapterPhase? Next(AdapterPhase from, AdapterCommand command) => Table.TryGetValue((from, command), out var to) ? to : null;

    /// <summary>The commands that a caller may give in a phase, in the order of the table; empty at the end of a life.</summary>
    public static IReadOnlyList<AdapterCommand> Allowed(AdapterPhase from) =>
        [.. Rules.Where(r => r.From == from && IsForCallers(r.Command)).Select(r => r.Command)];

    /// <summary>Whether callers may give a command. The others come from the deployer, or follow from what happens to another version.</summary>
    public static bool IsForCallers(AdapterCommand command) =>
        command is not (AdapterCommand.Loaded or AdapterCommand.Unloaded or AdapterCommand.Replace or AdapterCommand.Reinstate);
}
