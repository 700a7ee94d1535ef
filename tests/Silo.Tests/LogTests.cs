using Drift.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Drift.Silo.Tests;

public sealed class LogTests
{
    [Theory]
    [InlineData("Microsoft.AspNetCore.Hosting.Diagnostics")] // each request
    [InlineData("Npgsql.Command")] // each statement
    [InlineData("Orleans.Runtime.Catalog")] // each activation
    [InlineData("Polly")] // each activation that Orleans finds a place for: two lines
    public async Task What_happens_all_the_time_is_not_in_the_log(string category)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = Path.Combine(Repository.Root, "src", "Silo") });
        await using var app = builder.Build();

        Assert.False(app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(category).IsEnabled(LogLevel.Information));
    }
}
