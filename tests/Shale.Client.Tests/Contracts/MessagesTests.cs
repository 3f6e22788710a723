using Shale.Contracts;

namespace Shale.Client.Tests.Contracts;

/// <summary>The factories of seed 001.</summary>
public class MessagesTests
{
    [Fact]
    public void CreateQueryRequest_SampleOfSeed001_CarriesSqlParamsAndKeyspace()
    {
        var request = Messages.CreateQueryRequest("SELECT * FROM users WHERE id = $1", [123], keyspace: "main");
        Assert.Equal(MessageType.Query, request.Type);
        Assert.Equal(0x01, (int)request.Type);
        Assert.Equal("main", request.Keyspace);
        Assert.Equal([SqlValue.Integer(123)], request.Params!.Positional);
        Assert.Matches("^[0-9]{13}-[0-9a-z]{9}$", request.Id);

        var error = Messages.CreateErrorResponse(request.Id, "QUERY_ERROR", "Table not found", shard: "-80");
        Assert.Equal((request.Id, MessageType.Error, "-80"), (error.Id, error.Type, error.Shard));
        var thrown = error.ToException();
        Assert.Equal(("QUERY_ERROR", "Table not found", "-80"), (thrown.Code, thrown.Message, thrown.Shard));
    }

    [Fact]
    public void Create_EveryFactory_GivesTheTypeOfSeed001AndAFreshId()
    {
        (Message Message, int Type)[] all =
        [
            (Messages.CreateQueryRequest("x"), 0x01), (Messages.CreateExecuteRequest("x"), 0x02), (Messages.CreateBatchRequest([]), 0x03),
            (Messages.CreateBeginRequest(), 0x10), (Messages.CreateCommitRequest("t"), 0x11), (Messages.CreateRollbackRequest("t"), 0x12),
            (Messages.CreateStatusRequest("main"), 0x20), (Messages.CreateHealthRequest(), 0x21), (Messages.CreateSchemaRequest(), 0x22),
            (Messages.CreateVSchemaRequest(), 0x23), (Messages.CreateShardQueryRequest("-80", "x"), 0x30),
            (Messages.CreateShardExecuteRequest("-80", "x"), 0x31), (Messages.CreateShardBatchRequest("-80", []), 0x32),
        ];
        Assert.All(all, pair => Assert.Equal(pair.Type, (int)pair.Message.Type));
        Assert.Equal(all.Length, all.Select(pair => pair.Message.Id).Distinct().Count());
    }

    [Fact]
    public void CreateResponses_EchoTheRequestsId()
    {
        Message[] all =
        [
            Messages.CreateQueryResponse("r", new QueryResult(new RowSet([]))), Messages.CreateExecuteResponse("r", new ExecuteResult(0)),
            Messages.CreateBatchResponse("r", new BatchResult([], true)), Messages.CreateBeginResponse("r", "t", []),
            Messages.CreateAckResponse("r"), Messages.CreateErrorResponse("r", "QUERY_ERROR", "m"),
        ];
        Assert.All(all, message => Assert.Equal("r", message.Id));
        Assert.Equal([0x80, 0x80, 0x80, 0x80, 0x82, 0x81], all.Select(message => (int)message.Type));
    }

    [Fact]
    public void CreateQueryRequest_AValueWithoutSqlForm_IsATypeError() =>
        Assert.Equal("TYPE_ERROR", Assert.Throws<VitessException>(() => Messages.CreateQueryRequest("x", [new object()])).Code);
}
