using System.Globalization;
using Drift.Load;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
return await Commands.Create().Parse(args).InvokeAsync();
