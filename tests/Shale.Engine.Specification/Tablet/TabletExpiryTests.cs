using Shale.Contracts;
using Shale.Vitess;

namespace Shale.Engine.Specification.Tablet;

public class TabletExpiryTests : TabletSpecification
{
    [Fact]
    [Trait("Rule", "S4.3")]
    public async Task Idle_ForTenSeconds_IsRolledBackAndSaysSo()
    {
        var tx = await BeginAsync();
        await WriteAsync(tx);
        Time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(11, await ReadAsync(tx));
        Time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(0, Tablet.OpenTransactions);
        var failure = await FailsAsync(ErrorCodes.TransactionExpired, "25P03", () => ReadAsync(tx));
        Assert.True(failure.IsTransient);
        await FailsAsync(ErrorCodes.TransactionExpired, "25P03", () => CommitAsync(tx));
        await RollbackAsync(tx);
        Assert.Equal(10, await ReadAsync());
        await WriteAsync();
    }

    [Fact]
    [Trait("Rule", "S4.3")]
    public async Task Open_ForThirtySeconds_IsRolledBackThoughBusy()
    {
        var tx = await BeginAsync();
        for (var i = 0; i < 5; i++)
        {
            await WriteAsync(tx);
            Time.Advance(TimeSpan.FromSeconds(5));
        }

        Time.Advance(TimeSpan.FromSeconds(5));
        await FailsAsync(ErrorCodes.TransactionExpired, "25P03", () => WriteAsync(tx));
        Assert.Equal(10, await ReadAsync());
    }

    [Fact]
    public async Task Timeout_OfTheTransaction_CountsIfItIsShorter()
    {
        var soon = await BeginAsync(timeout: 1000);
        var late = await BeginAsync(timeout: 1_000_000);
        Time.Advance(TimeSpan.FromSeconds(2));
        await FailsAsync(ErrorCodes.TransactionExpired, "25P03", () => ReadAsync(soon));
        for (var i = 0; i < 4; i++)
        {
            await ReadAsync(late);
            Time.Advance(TimeSpan.FromSeconds(8));
        }

        await FailsAsync(ErrorCodes.TransactionExpired, "25P03", () => ReadAsync(late));
    }

    [Fact]
    public async Task TooOld_InTheMidstOfAStatement_IsStopped()
    {
        var tx = await BeginAsync();
        await ReadAsync(tx);
        const string Endless = "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
        var running = Task.Run(() => ReadAsync(tx, Endless));

        // The statement starts whenever its thread does; each sweep after that stops it.
        while (!running.IsCompleted)
        {
            Time.Advance(TimeSpan.FromSeconds(31));
            await Task.Yield();
        }

        await FailsAsync(ErrorCodes.TransactionExpired, "25P03", () => running);
        Assert.Equal(0, Tablet.OpenTransactions);
    }

    [Fact]
    public async Task Expired_Transactions_FreeTheirSlots()
    {
        for (var i = 0; i < 100; i++) await BeginAsync();
        Time.Advance(TimeSpan.FromSeconds(12));
        for (var i = 0; i < 100; i++) await BeginAsync();
        Assert.Equal(100, Tablet.OpenTransactions);
    }
}

public sealed class TabletBackPressureTests : TabletSpecification
{
    protected override VTTabletOptions Options(VTTabletOptions options) => options with { MaxTransactions = 2, MaxReaders = 2 };

    [Fact]
    public async Task Begin_BeyondTheLimit_WaitsThenIsResourceExhausted()
    {
        await BeginAsync();
        await BeginAsync();
        var third = BeginAsync();
        Assert.False(third.IsCompleted);
        Time.Advance(TimeSpan.FromSeconds(1.1));
        var failure = await FailsAsync(ErrorCodes.ResourceExhausted, "53300", () => third);
        Assert.Equal("Maximum number of concurrent transactions reached", failure.Message);
        Assert.True(failure.IsTransient);
    }

    [Fact]
    public async Task Begin_BeyondTheLimit_GoesOnWhenOneEnds()
    {
        var first = await BeginAsync();
        await BeginAsync();
        var third = BeginAsync();
        await RollbackAsync(first);
        Assert.Equal(10, await ReadAsync(await third));
    }

    [Fact]
    public async Task Begin_ThatCannotHaveTheWriter_GivesItsSlotBack()
    {
        var holder = await BeginAsync(write: true);
        var refused = BeginAsync(write: true);
        Time.Advance(TimeSpan.FromSeconds(5.1));
        await FailsAsync(ErrorCodes.LockTimeout, "55P03", () => refused);
        await RollbackAsync(await BeginAsync());
        await CommitAsync(holder);
    }

    [Fact]
    public async Task Query_WhenAllReadersArePinned_WaitsThenIsResourceExhausted()
    {
        var one = await BeginAsync(IsolationLevel.RepeatableRead);
        var two = await BeginAsync(IsolationLevel.RepeatableRead);
        await ReadAsync(one);
        await ReadAsync(two);
        var refused = ReadAsync();
        Time.Advance(TimeSpan.FromSeconds(5.1));
        await FailsAsync(ErrorCodes.ResourceExhausted, "53300", () => refused);
        var waiting = ReadAsync();
        Assert.False(waiting.IsCompleted);
        await RollbackAsync(one);
        Assert.Equal(10, await waiting);
    }
}
