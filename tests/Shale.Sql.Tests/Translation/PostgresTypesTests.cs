using System.Globalization;

namespace Shale.Sql.Tests.Translation;

public class PostgresTypesTests
{
    [PostgresFact]
    public void All_ComparedWithTheServersCatalog_AreTheSame()
    {
        using var client = new PostgresClient(PostgresServer.Instance!.Socket);
        foreach (var type in PostgresTypes.All)
        {
            var outcome = client.Query($"SELECT typname, oid::text, typarray::text, typlen::text, typcategory::text FROM pg_catalog.pg_type WHERE oid = {type.Oid}");
            string?[] expected = [type.Name, Text(type.Oid), Text(type.ArrayOid), Text(type.Length), type.Category.ToString()];
            Assert.Equal(expected, Assert.Single(outcome.Rows));
        }
    }

    [Fact]
    public void Find_OfEveryNumber_GivesTheType()
    {
        foreach (var type in PostgresTypes.All)
        {
            // What is only sent is not taken.
            var isTaken = type.Kind is not (SqlTypeKind.Name or SqlTypeKind.Letter);
            Assert.Equal(isTaken ? new SqlType(type.Kind) : null, PostgresTypes.Find(type.Oid));
            if (type.ArrayOid != 0 && isTaken) Assert.Equal(new SqlType(type.Kind, IsArray: true), PostgresTypes.Find(type.ArrayOid));
        }

        Assert.Null(PostgresTypes.Find(600));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
