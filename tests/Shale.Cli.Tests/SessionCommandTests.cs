using Shale.Cli.Sql;
using Shale.Contracts;

namespace Shale.Cli.Tests;

public class SessionCommandTests
{
    [Theory]
    [InlineData("BEGIN", null, false)]
    [InlineData("begin work", null, false)]
    [InlineData("BEGIN IMMEDIATE TRANSACTION", null, false)]
    [InlineData("START TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY", IsolationLevel.RepeatableRead, true)]
    [InlineData("BEGIN isolation level\n serializable", IsolationLevel.Serializable, false)]
    public void Parse_Begin_CarriesItsOptions(string sql, IsolationLevel? isolation, bool readOnly) =>
        Assert.Equal(new SessionCommand.Begin(new TransactionOptions(isolation, readOnly)), SessionCommand.Parse(sql));

    [Theory]
    [InlineData("BEGIN AS OF SYSTEM TIME '2024-01-01'", "'2024-01-01'", false)]
    [InlineData("START TRANSACTION READ ONLY AS OF\nSNAPSHOT 'before import'", "SNAPSHOT 'before import'", true)]
    public void Parse_BeginAsOf_CarriesThePoint(string sql, string point, bool readOnly) =>
        Assert.Equal(new SessionCommand.Begin(new TransactionOptions(null, readOnly) { AsOf = point }), SessionCommand.Parse(sql));

    [Fact]
    public void Parse_Others_AreTold()
    {
        Assert.IsType<SessionCommand.Commit>(SessionCommand.Parse(" COMMIT "));
        Assert.IsType<SessionCommand.Commit>(SessionCommand.Parse("end transaction"));
        Assert.IsType<SessionCommand.Rollback>(SessionCommand.Parse("ROLLBACK"));
        Assert.IsType<SessionCommand.Rollback>(SessionCommand.Parse("abort"));
        Assert.Equal(new SessionCommand.Use("main:-80"), SessionCommand.Parse("USE \"main:-80\""));
        Assert.Equal(new SessionCommand.SetDialect("sqlite"), SessionCommand.Parse("set dialect = 'SQLite'"));
        Assert.Equal(new SessionCommand.SetDialect("postgres"), SessionCommand.Parse("SET dialect TO postgres"));
        Assert.Equal(new SessionCommand.SetPartialResults(true), SessionCommand.Parse("SET partial_results = on"));
        Assert.Equal(new SessionCommand.SetPartialResults(false), SessionCommand.Parse("set session PARTIAL_RESULTS to 'off'"));
    }

    [Theory]
    [InlineData("SELECT 1")]
    [InlineData("ROLLBACK TO SAVEPOINT a")]
    [InlineData("BEGIN; SELECT 1")]
    [InlineData("COMMITMENT")]
    [InlineData("SET dialect = mysql")]
    [InlineData("SET search_path = a")]
    [InlineData("SET partial_results = maybe")]
    [InlineData("BEGIN ATOMIC")]
    public void Parse_WhatTheGateTakes_IsNoCommand(string sql) => Assert.Null(SessionCommand.Parse(sql));
}
