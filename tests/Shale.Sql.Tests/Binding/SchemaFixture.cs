namespace Shale.Sql.Tests.NamesAndTypes;

/// <summary>Tables for binder tests, made from DDL.</summary>
internal sealed class SchemaFixture : ISchemaSource
{
    private readonly List<TableSchema> _tables = [];
    private readonly SqlDialect _dialect;

    public SchemaFixture(SqlDialect dialect, params string[] definitions)
    {
        _dialect = dialect;
        foreach (var sql in definitions) _tables.Add(TableSchemas.From((CreateTableStatement)SqlParser.Parse(sql, dialect), dialect));
    }

    public static SchemaFixture Postgres { get; } = new(
        SqlDialect.Postgres,
        "CREATE TABLE users (id int PRIMARY KEY, name varchar(20) NOT NULL, email text UNIQUE, age int2, score float8, joined date, active boolean)",
        "CREATE TABLE orders (id bigserial PRIMARY KEY, user_id int REFERENCES users, total numeric(10,2), note text)");

    public static SchemaFixture Sqlite { get; } = new(
        SqlDialect.Sqlite,
        "CREATE TABLE users (id INTEGER PRIMARY KEY, Name TEXT COLLATE NOCASE, age INT, x)",
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, total REAL)");

    public TableSchema? Find(ObjectName name) => _tables.Find(table => Names.Equal(table.Name, name.Name.Name, _dialect));

    public Shale.Sql.Binding Bind(string sql) => Binder.Bind(SqlParser.Parse(sql, _dialect), _dialect, this, sql);

    public VitessException Fails(string sql) => Assert.Throws<VitessException>(() => Bind(sql));
}
