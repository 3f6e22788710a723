using System.Text;
using Shale.Contracts;

namespace Shale.Client.Tests.Contracts;

public class RequestRulesTests
{
    [Theory]
    [InlineData("""{"type":1}""", "Invalid QueryRequest: missing or empty sql field")]
    [InlineData("""{"type":1,"sql":""}""", "Invalid QueryRequest: missing or empty sql field")]
    [InlineData("""{"type":2,"sql":null}""", "Invalid ExecuteRequest: missing or empty sql field")]
    [InlineData("""{"type":3}""", "Invalid BatchRequest: missing statements field")]
    [InlineData("""{"type":3,"statements":[{"sql":"a"},{"params":[]}]}""", "Invalid BatchRequest: missing or empty sql field in statement 1")]
    [InlineData("""{"type":16,"options":{"timeout":-1}}""", "Invalid BeginRequest: timeout must be non-negative")]
    [InlineData("""{"type":17}""", "Invalid CommitRequest: missing or empty txId field")]
    [InlineData("""{"type":18,"txId":""}""", "Invalid RollbackRequest: missing or empty txId field")]
    [InlineData("""{"type":1,"sql":"x","options":{"dialect":"mysql"}}""", "dialect is \"postgres\" or \"sqlite\"")]
    [InlineData("""{"type":1,"sql":"x","options":{"rowMode":"column"}}""", "rowMode is \"object\" or \"array\"")]
    [InlineData("""{"type":1,"sql":"x","options":{"timeout":-5}}""", "timeout must be non-negative")]
    [InlineData("""{"type":1,"sql":5}""", "Invalid JSON")]
    [InlineData("""{"type":1,"sql":"x","params":"y"}""", "Invalid JSON")]
    [InlineData("""{"type":1,"sql":"x","params":[{"a":1}]}""", "an object is no SQL value")]
    [InlineData("""{"type":1,"sql":"x","params":[[1]]}""", "a value is")]
    [InlineData("""{"type":1,"sql":"x","params":[{"__type":"Uint8Array","data":"%%"}]}""", "not base64")]
    [InlineData("""{"type":1,"sql":"x"} {}""", "Invalid JSON")]
    [InlineData("""{"type":1,"sql":"x",""", "Invalid JSON")]
    [InlineData("""{"type":"1","sql":"x"}""", "numeric type")]
    [InlineData("""{"sql":"x"}""", "numeric type")]
    [InlineData("[]", "numeric type")]
    [InlineData("null", "numeric type")]
    [InlineData("", "Invalid JSON")]
    [InlineData("""{"type":99}""", "message type 99")]
    [InlineData("""{"type":48,"shard":"-80","sql":"x"}""", "message type 48")]
    public void ReadRequest_NotAMessage_SaysWhy(string json, string message)
    {
        var failure = Assert.Throws<VitessException>(() => ContractsJson.ReadRequest(Encoding.UTF8.GetBytes(json)));
        Assert.Equal(("QUERY_ERROR", "08P01"), (failure.Code, failure.SqlState));
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.NotNull(failure.Hint);
    }

    [Fact]
    public void ReadRequest_UnknownFields_AreIgnored()
    {
        var request = (QueryRequest)ContractsJson.ReadRequest("""{"future":{"a":[1]},"sql":"SELECT 1","type":1,"options":{"x":1}}"""u8);
        Assert.Equal(("SELECT 1", ""), (request.Sql, request.Id));
    }

    [Fact]
    public void ReadRequest_Parameters_KeepTheirKinds()
    {
        var request = (QueryRequest)ContractsJson.ReadRequest(
            """{"type":1,"sql":"x","params":[1,1.0,1e2,9223372036854775807,99999999999999999999,"s",true,null,{"data":"AQI=","__type":"Uint8Array"}]}"""u8);
        Assert.Equal(
            [SqlValue.Integer(1), SqlValue.Real(1), SqlValue.Real(100), SqlValue.Integer(long.MaxValue), SqlValue.Text("99999999999999999999"), SqlValue.Text("s"),
                SqlValue.Boolean(true), SqlValue.Null, SqlValue.Blob([1, 2])],
            request.Params!.Positional);
        Assert.Null(request.Params.Named);
    }

    [Fact]
    public void ReadRequest_NamedParameters_LoseTheirSign()
    {
        var request = (QueryRequest)ContractsJson.ReadRequest("""{"type":1,"sql":"x","params":{":a":1,"b":"t","@c":null}}"""u8);
        Assert.Equal(["a", "b", "c"], request.Params!.Named!.Keys);
    }
}
