using Drift.Silo;

return await SiloHost.RunAsync(args);
