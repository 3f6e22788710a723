namespace Shale.Sql.Tests.Parsing;

public class CorpusTests
{
    [Fact]
    public void Parse_Extensions_Accepted()
    {
        foreach (var sql in Corpora.PostgresExtensions) SqlParser.Parse(sql, SqlDialect.Postgres);
        foreach (var sql in Corpora.SqliteExtensions) SqlParser.Parse(sql, SqlDialect.Sqlite);
    }
}
