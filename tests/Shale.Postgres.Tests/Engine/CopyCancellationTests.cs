using Shale.Contracts;
using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;
using Shale.Vitess;

namespace Shale.Postgres.Tests.Engine;

/// <summary>COPY into a shard that is cancelled.</summary>
public sealed class CopyCancellationTests
{
    [PostgresFact]
    public async Task Cancellation_ThatComesLate_DoesNotMeetTheNextStatement()
    {
        await using var engine = await SharedServer.EngineAsync();
        await using var writer = await engine.OpenAsync(EngineAccess.Write, default);
        await writer.ExecuteAsync("CREATE TABLE t (id int)", [], default);
        for (var i = 0; i < 20; i++)
        {
            using var cancel = new CancellationTokenSource();
            var copy = writer.CopyAsync("COPY \"t\" (\"id\") FROM STDIN WITH (FORMAT text)", new ShardRows("1\n"u8.ToArray(), 1), cancel.Token).AsTask();
            await cancel.CancelAsync();
            var failure = await Record.ExceptionAsync(() => copy);
            Assert.True(failure is null or VitessException { SqlState: "57014" }, failure?.ToString());
            await writer.ExecuteAsync("SELECT pg_sleep(0.05)", [], default);
        }
    }
}
