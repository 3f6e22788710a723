namespace Shale.Sqlite;

/// <summary>One question of SQLite while it compiles a statement: may it do this? Valid during the call only.</summary>
public readonly unsafe ref struct AuthorizerRequest
{
    private readonly byte* _first;
    private readonly byte* _second;

    internal AuthorizerRequest(SqliteAction action, byte* first, byte* second)
    {
        Action = action;
        _first = first;
        _second = second;
    }

    /// <summary>What is asked for.</summary>
    public SqliteAction Action { get; }

    /// <summary>The first detail, as sqlite3_set_authorizer's table lists them: table, pragma, file name; null for none.</summary>
    public string? First => _first == null ? null : Utf8.ReadLossy(_first);

    /// <summary>The second detail: column, pragma's argument, function; null for none.</summary>
    public string? Second => _second == null ? null : Utf8.ReadLossy(_second);
}

/// <summary>Answers <see cref="AuthorizerRequest"/>s: null allows, a text denies and says why.</summary>
/// <param name="request">The question.</param>
public delegate string? SqliteAuthorizer(in AuthorizerRequest request);
