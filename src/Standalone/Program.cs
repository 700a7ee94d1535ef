using Drift.Standalone;
using Drift.Standalone.Commands;

return await Cli.RunAsync(CommandLine.Create(), args);
