using System.CommandLine;
using Drift.Standalone.Agent;
using Drift.Standalone.Commands;
using Drift.Standalone.Hosting;
using Drift.Standalone.Loop;

namespace Drift.Standalone;

/// <summary>The verbs of the executable; without one it serves.</summary>
internal static class CommandLine
{
    public static RootCommand Create()
    {
        var serve = ServeCommand.Create();
        var root = new RootCommand("Orleans.Drift watches machine-learning models in production. Without a command it serves.")
        {
            serve,
            MigrateCommand.Create(),
            DemoCommand.Create(TimeProvider.System),
            ReplayCommand.Create(TimeProvider.System),
            CompareCommand.Create(TimeProvider.System),
            AgentCommand.Create(TimeProvider.System),
            LoopCommand.Create(TimeProvider.System),
            TrainerCommand.Create(TimeProvider.System),
        };
        foreach (var option in serve.Options)
            root.Options.Add(option);
        root.Action = serve.Action;
        return root;
    }
}
