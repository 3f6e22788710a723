namespace Shale.SqlTests;

/// <summary>One schema with something of everything, in a keyspace and at PostgreSQL, for all tests of a class; opened by the first that asks.</summary>
public sealed class CatalogFixture : IAsyncLifetime
{
    private static readonly string[] Schema =
    [
        "CREATE TABLE author (id int PRIMARY KEY, name varchar(40) NOT NULL, born date DEFAULT '2000-01-01', rating numeric(5,2) DEFAULT 0, active bool DEFAULT true, CHECK (rating >= 0), CONSTRAINT named CHECK (name <> 'x' AND rating < 10 OR active))",
        "pg:CREATE TABLE book (id bigserial PRIMARY KEY, author_id int NOT NULL REFERENCES author(id) ON DELETE CASCADE, title text, tags text[], made timestamptz DEFAULT now(), meta jsonb, size double precision, c char(3), b bytea, u uuid, at timestamp(3), t time, i interval, s smallint DEFAULT -1, note text DEFAULT 'it''s')",
        "gate:CREATE TABLE book (id bigserial PRIMARY KEY, author_id int NOT NULL REFERENCES author(id) ON DELETE CASCADE, title text, tags text[], made timestamptz DEFAULT now(), meta jsonb, size double precision, c char(3), b bytea, u uuid, at timestamp(3), t time, i interval, s smallint DEFAULT -1, note text DEFAULT 'it''s')",
        "CREATE INDEX book_title ON book (title DESC, author_id)",
        "CREATE UNIQUE INDEX book_unique ON book (author_id, title)",
        "CREATE INDEX book_lower ON book (lower(title)) WHERE author_id > 5",
        "CREATE VIEW titles AS SELECT b.id, b.title, a.name FROM book b JOIN author a ON a.id = b.author_id",
        "CREATE SEQUENCE counter START 5 INCREMENT 2",
        "CREATE TABLE numbered (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int UNIQUE, b int, UNIQUE (a, b))",
        "CREATE TABLE bare (\"Odd Name\" text)",
    ];

    private readonly Lazy<Task<CatalogDatabase>> _database = new(() => CatalogDatabase.OpenAsync(1, Schema));

    /// <summary>Both.</summary>
    internal Task<CatalogDatabase> Database => _database.Value;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_database.IsValueCreated) await (await _database.Value).DisposeAsync();
    }
}
