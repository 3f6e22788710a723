using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// A statement that names points in time, before anybody knows which: what they are, and so which VSchema counts, is found out when values are bound
/// (<see cref="PastStatements"/>). It is kept like a plan of the present. Immutable.
/// </summary>
/// <param name="parsed">The statement.</param>
/// <param name="text">Its text.</param>
/// <param name="types">What is known of parameters that stand for literals; null where the text is the user's own.</param>
/// <param name="dialect">Its dialect.</param>
internal sealed class TimedPlan(ParsedSql parsed, string text, IReadOnlyList<SqlType>? types, SqlDialect dialect) : StatementPlan
{
    private readonly List<int> _uses = [];
    private readonly List<TimedName> _names = [];

    /// <inheritdoc/>
    public override bool Writes => parsed.Statement is not SelectStatement;

    /// <summary>The statement.</summary>
    public ParsedSql Parsed => parsed;

    /// <summary>Its text.</summary>
    public string Text => text;

    /// <summary>What is known of parameters; null where the text is the user's own.</summary>
    public IReadOnlyList<SqlType>? Types => types;

    /// <summary>What plans of it are kept under. It is kept itself, under a text or a normalised text and more behind that, and in a session of the past beside them: no statement begins with U+0000.</summary>
    public string Key { get; } = '\0' + text + '\0' + string.Join(',', (types ?? []).Select(type => type.Kind));

    /// <summary>The keyspaces and points that it names, each once.</summary>
    public IReadOnlyList<TimedName> Names => _names;

    /// <summary>Whether it only reads, and every table has a point.</summary>
    public bool IsWholly { get; private set; }

    /// <summary>The statement, with the uses of tables that have a point as the function gives them.</summary>
    /// <param name="rename">Told of a use and of its place in <see cref="Names"/>.</param>
    public Statement Rename(Func<TableRef, int, TableRef> rename)
    {
        var next = 0;
        return TableUses.Map(parsed.Statement, dialect, (table, isCommon) => table.Time is null || isCommon ? table : rename(table, _uses[next++]));
    }

    /// <summary>The statement if it names points, itself or in views; null if it names none.</summary>
    /// <param name="parsed">The statement, which reads rows.</param>
    /// <param name="expanded">The same with the queries of views in their places, but for views that have a point themselves.</param>
    /// <param name="text">Its text.</param>
    /// <param name="types">What is known of parameters that stand for literals; null where the text is the user's own.</param>
    /// <param name="dialect">Its dialect.</param>
    public static TimedPlan? Find(ParsedSql parsed, Statement expanded, string text, IReadOnlyList<SqlType>? types, SqlDialect dialect)
    {
        if (!SqlTree.Any(expanded, node => node is SystemTime)) return null;
        var plan = new TimedPlan(parsed with { Statement = expanded }, text, types, dialect) { UserParameters = parsed.ParameterCount, Dialect = dialect };
        plan.Read();
        return plan;
    }

    /// <summary>TT_NOT_SUPPORTED (0A000) for a statement that names points and can have none.</summary>
    public static void Refuse(Statement statement)
    {
        if (statement is not (VExplainStatement or ExplainStatement or BeginStatement or SetStatement or RestoreStatement or CallStatement or CreateTableStatement or CreateViewStatement)) TimeTravel.Refuse(statement);
    }

    private void Read()
    {
        var others = false;
        if (parsed.Statement is InsertStatement { Table: { Schema: { } written } target } && PastNames.Is(written.Name)) throw Catalog.Unknown(target);
        TableUses.Map(parsed.Statement, dialect, (table, isCommon) =>
        {
            if (isCommon) return table;
            if (table.Name.Schema is { } schema && PastNames.Is(schema.Name)) throw Catalog.Unknown(table.Name);
            if (table.Time is { } time) Add(table, time);
            else others = true;
            return table;
        });
        IsWholly = !Writes && !others;
    }

    private void Add(TableRef table, SystemTime time)
    {
        var schema = table.Name.Schema?.Name;
        var written = SqlPrinter.Print(new TableRef(time.IsPeriod ? table.Name : new ObjectName(null, new Identifier("t")), null, []) { Time = time }, dialect);
        var place = _names.FindIndex(name => name.Written == written && name.Table.Schema?.Name == schema);
        if (place < 0)
        {
            place = _names.Count;
            _names.Add(new TimedName(table.Name, time, written));
        }

        _uses.Add(place);
    }
}

/// <summary>A point of a keyspace, or a period of a table, as a statement names both.</summary>
/// <param name="Table">The first table that has the point, or the table in the period; its qualifier is the keyspace.</param>
/// <param name="Time">The point or the period.</param>
/// <param name="Written">The same as text: two that are written alike are one.</param>
internal sealed record TimedName(ObjectName Table, SystemTime Time, string Written);
