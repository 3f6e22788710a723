namespace Shale.Sqlite;

/// <summary>What SQLite has told its authorizer about a statement that it compiled.</summary>
internal struct StatementActions
{
    /// <summary>BEGIN, RELEASE or ROLLBACK of a savepoint; null for any other statement.</summary>
    public string? Savepoint { get; private set; }

    /// <summary>The savepoint's name.</summary>
    public string? SavepointName { get; private set; }

    /// <summary>Whether it makes, changes or drops an object that stays.</summary>
    public bool ChangesSchema { get; private set; }

    /// <summary>Whether it drops a table, which may delete rows of it one by one.</summary>
    public bool DropsTable { get; private set; }

    /// <summary>The table that it makes.</summary>
    public string? CreatedTable { get; private set; }

    /// <summary>Whether it has a query in it.</summary>
    public bool Selects { get; private set; }

    /// <summary>Whether it is a VACUUM, of which the authorizer is told nothing.</summary>
    public bool IsVacuum { get; set; }

    /// <summary>Takes note.</summary>
    public void See(in AuthorizerRequest request)
    {
        switch (request.Action)
        {
            case SqliteAction.Savepoint:
                (Savepoint, SavepointName) = (request.First, request.Second);
                break;
            case SqliteAction.Select:
                Selects = true;
                break;
            case SqliteAction.CreateTable:
                SeeTable(request.First);
                break;
            case SqliteAction.DropTable:
                DropsTable = ChangesSchema = true;
                break;
            case SqliteAction.CreateIndex or SqliteAction.CreateTrigger or SqliteAction.CreateView or SqliteAction.DropIndex or SqliteAction.DropTrigger or SqliteAction.DropView
                or SqliteAction.AlterTable or SqliteAction.CreateVirtualTable or SqliteAction.DropVirtualTable:
                ChangesSchema = true;
                break;
        }
    }

    // SQLite makes its own tables beside others, and for ANALYZE.
    private void SeeTable(string? name)
    {
        if (name is null || name.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase)) return;
        CreatedTable = name;
        ChangesSchema = true;
    }
}
