using Shale.Sql;

namespace Shale.Sqlite;

/// <summary>
/// What a table and its columns of now were called at some time, followed back through the statements that have changed the schema. A column that was added is not there before that. Where the table
/// is another one - before a restore, before it was made anew - its columns are matched by name. Others see it unchanged.
/// </summary>
internal sealed class TableTrace
{
    private readonly string[] _names;
    private readonly bool[] _isThere;

    private TableTrace(string name, string[] names, bool[] isThere) => (Name, _names, _isThere) = (name, names, isThere);

    /// <summary>What becomes of the table, seen backwards, in a commit.</summary>
    public enum Step
    {
        /// <summary>Nothing.</summary>
        Untouched,

        /// <summary>It was altered.</summary>
        Altered,

        /// <summary>It was made or dropped: what there was before by its name, if anything, is another table.</summary>
        Replaced,
    }

    /// <summary>The table's name.</summary>
    public string Name { get; private set; }

    /// <summary>A column's name; null where it was not there yet.</summary>
    /// <param name="column">Its place among the columns of now.</param>
    public string? this[int column] => _isThere[column] ? _names[column] : null;

    /// <summary>A table as it is now.</summary>
    public static TableTrace Of(TableShape now) => new(now.Name, [.. now.Columns.Select(column => column.Name)], [.. now.Columns.Select(_ => true)]);

    /// <summary>Before the table became another one, of the same name.</summary>
    public TableTrace ByName() => new(Name, _names, [.. _names.Select(_ => true)]);

    /// <summary>Goes back over the statements of a commit. Errors: TT_NOT_SUPPORTED for one that cannot be read.</summary>
    /// <param name="statements">In the order in which they ran.</param>
    /// <param name="isThere">Whether there is the table after the commit.</param>
    /// <param name="before">Names before the commit.</param>
    public Step Back(IReadOnlyList<string> statements, bool isThere, out TableTrace before)
    {
        before = new TableTrace(Name, [.. _names], [.. _isThere]);
        var step = Step.Untouched;
        for (var i = statements.Count - 1; i >= 0; i--)
        {
            switch (Read(statements[i]))
            {
                case CreateTableStatement made when Is(made.Name, before.Name):
                case DropStatement dropped when !isThere && dropped.Names.Any(each => Is(each, Name)):
                case AlterTableStatement { Actions: [RenameTable] } renamed when !isThere && Is(renamed.Table, Name):
                    before = ByName();
                    return Step.Replaced;
                case AlterTableStatement altered when isThere && before.Undo(altered):
                    step = Step.Altered;
                    break;
            }
        }

        return step;
    }

    private bool Undo(AlterTableStatement altered)
    {
        if (altered.Actions is [RenameTable renamed])
        {
            if (!Same(renamed.NewName.Name, Name)) return false;
            Name = altered.Table.Name.Name;
            return true;
        }

        if (!Is(altered.Table, Name)) return false;
        foreach (var action in altered.Actions.Reverse())
        {
            for (var i = 0; i < _names.Length; i++)
            {
                if (action is AddColumn added && Same(_names[i], added.Column.Name.Name)) _isThere[i] = false;
                else if (action is RenameColumn column && _isThere[i] && Same(_names[i], column.NewName.Name)) _names[i] = column.Column.Name;
            }
        }

        return true;
    }

    // Most definitions are of no table at all.
    private static Statement? Read(string sql)
    {
        var text = sql.AsSpan().TrimStart();
        var mayMatter = text.StartsWith("ALTER", StringComparison.OrdinalIgnoreCase) || text.StartsWith("DROP", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("CREATE TABLE", StringComparison.OrdinalIgnoreCase) || text.StartsWith("--", StringComparison.Ordinal) || text.StartsWith("/*", StringComparison.Ordinal);
        if (!mayMatter) return null;
        try
        {
            return SqlParser.Parse(sql, SqlDialect.Sqlite);
        }
        catch (VitessException exception)
        {
            throw new VitessException(ErrorCodes.TimeTravelNotSupported, $"a change of the schema cannot be followed back: {sql}", inner: exception, hint: "Name a period that begins after it.");
        }
    }

    private static bool Is(ObjectName written, string name) => Same(written.Name.Name, name);

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
}
