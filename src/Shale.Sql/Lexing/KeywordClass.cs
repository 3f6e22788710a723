namespace Shale.Sql.Lexing;

/// <summary>Properties of a <see cref="Keyword"/>.</summary>
[Flags]
internal enum KeywordClass : byte
{
    /// <summary>A name like any other.</summary>
    None = 0,

    /// <summary>Reserved in PostgreSQL.</summary>
    PostgresReserved = 1 << 0,

    /// <summary>In PostgreSQL a name of functions and types only.</summary>
    PostgresFunctionOrType = 1 << 1,

    /// <summary>In PostgreSQL a name of tables and columns only.</summary>
    PostgresColumn = 1 << 2,

    /// <summary>In PostgreSQL a label only behind AS.</summary>
    PostgresAsLabel = 1 << 3,

    /// <summary>Reserved in SQLite.</summary>
    SqliteReserved = 1 << 4,

    /// <summary>In SQLite a name except where a join may follow.</summary>
    SqliteJoin = 1 << 5,

    /// <summary>A keyword of SQLite.</summary>
    SqliteWord = 1 << 6,
}
