namespace Shale.Core.Tests;

public sealed class VitessExceptionTests
{
    [Fact]
    public void Constructor_RegistryEntry_LendsWhatIsNotSaid()
    {
        var plain = new VitessException(ErrorCodes.Timeout, "slow");
        Assert.Equal(("TIMEOUT", "57014", true, ErrorCodes.Timeout.Hint), (plain.Code, plain.SqlState, plain.IsTransient, plain.Hint));
        var told = new VitessException(ErrorCodes.QueryError, "m", "-80", "0A000", "hint", position: 3);
        Assert.Equal(("QUERY_ERROR", "0A000", "-80", "hint", 3), (told.Code, told.SqlState, told.Shard, told.Hint, told.Position));
    }

    [Fact]
    public void OnShard_Failure_NamesTheFirstShardAndKeepsTheRest()
    {
        var failure = new VitessException(ErrorCodes.ConstraintViolation, "duplicate", sqlState: "23505", hint: "h", position: 7);
        var there = failure.OnShard("-80");
        Assert.Equal(("-80", "CONSTRAINT_VIOLATION", "23505", "h", 7, "duplicate"), (there.Shard, there.Code, there.SqlState, there.Hint, there.Position, there.Message));
        Assert.Same(failure, there.InnerException);
        Assert.Same(there, there.OnShard("80-"));
    }

    [Fact]
    public void ByName_EveryCode_IsFound() => Assert.All(ErrorCodes.All, code => Assert.Same(code, ErrorCodes.ByName[code.Code]));
}
