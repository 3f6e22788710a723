namespace Shale.Sql;

/// <summary>Whose SQL a text is; it decides the meaning (SEMANTICS S1.2).</summary>
public enum SqlDialect
{
    /// <summary>PostgreSQL; the default of a session.</summary>
    Postgres,

    /// <summary>SQLite.</summary>
    Sqlite,
}
