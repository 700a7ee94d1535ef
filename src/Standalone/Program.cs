using Drift.Standalone;

return await CommandLine.Create().Parse(args).InvokeAsync();
