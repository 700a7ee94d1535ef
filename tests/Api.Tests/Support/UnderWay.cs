using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Drift.Api.Tests.Support;

/// <summary>Counts the requests that a host is working on.</summary>
internal sealed class UnderWay : IStartupFilter
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(async (context, inner) =>
        {
            Interlocked.Increment(ref _count);
            try
            {
                await inner(context);
            }
            finally
            {
                Interlocked.Decrement(ref _count);
            }
        });
        next(app);
    };
}
