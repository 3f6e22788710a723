using Shale.Sql;

namespace Shale.Vitess;

/// <summary>A statement, ready to be bound and run any number of times. Not changed once it is compiled; thread-safe, kept in the plan cache.</summary>
internal abstract class StatementPlan
{
    /// <summary>What the parameters become before anything else, by the session's dialect; empty where values stay as they are.</summary>
    public IReadOnlyList<SqlType> ParameterTypes { get; set; } = [];

    /// <summary>0-based place of the parameter that holds the statement's time; -1 for none.</summary>
    public int NowParameter { get; set; } = -1;

    /// <summary>Parameters that must not be NULL.</summary>
    public IReadOnlyList<RequiredParameter> Required { get; set; } = [];

    /// <summary>The lookups whose entries it changes: RETURNING of its statements ends with <see cref="OwnerLookups.Columns"/>. Null for none.</summary>
    public OwnerLookups? Written { get; init; }

    /// <summary>Whose SQL its shards run.</summary>
    public SqlDialect Engine { get; set; } = SqlDialect.Sqlite;

    /// <summary>Whose SQL it was.</summary>
    public SqlDialect Dialect { get; set; }

    /// <summary>SELECT, INSERT, UPDATE or DELETE.</summary>
    public string Command { get; set; } = "";

    /// <summary>SELECT, INSERT, UPDATE or DELETE.</summary>
    public static string CommandOf(Statement statement) => statement switch
    {
        InsertStatement => "INSERT",
        UpdateStatement => "UPDATE",
        DeleteStatement => "DELETE",
        _ => "SELECT",
    };

    /// <summary>The calls of sequences whose results are the parameters behind the user's own.</summary>
    public IReadOnlyList<SequenceCall> SequenceCalls { get; set; } = [];

    /// <summary>The calls of setval that are made for each row it finds.</summary>
    public IReadOnlyList<RowSetting> RowSettings { get; set; } = [];

    /// <summary>Whether it calls functions of sequences.</summary>
    public bool CallsSequences => SequenceCalls.Count > 0 || RowSettings.Count > 0;

    /// <summary>The table it writes; null for none.</summary>
    public ObjectName? WrittenTable { get; set; }

    /// <summary>Whether all that it does to that table is adding rows: ON CONFLICT changes none.</summary>
    public bool OnlyAdds { get; set; }

    /// <summary>How many parameters the user gives.</summary>
    public int UserParameters { get; set; }

    /// <summary>Names and types of the result's columns; null where the engine's own stand.</summary>
    public ResultShape? Shape { get; set; }

    /// <summary>What clients are told of it; made when one asks.</summary>
    public GateDescription? Description { get; set; }

    /// <summary>Whether it changes rows.</summary>
    public abstract bool Writes { get; }

    /// <summary>The entries that have to be read before its shards can be told.</summary>
    public virtual IReadOnlyList<LookupRead> Lookups => [];
}

/// <summary>A SELECT or VALUES.</summary>
internal sealed class QueryPlan(SelectPlan select, bool locks) : StatementPlan
{
    /// <summary>How it runs.</summary>
    public SelectPlan Select => select;

    /// <summary>Whether it gives one row, or a few, whatever the tables hold: then its rows need not come in chunks.</summary>
    public bool GivesFew { get; set; }

    /// <summary>FOR UPDATE: the write locks of its shards are taken before it reads.</summary>
    public bool Locks => locks;

    /// <inheritdoc/>
    public override bool Writes => false;

    /// <inheritdoc/>
    public override IReadOnlyList<LookupRead> Lookups => select.Routing.Lookups;
}

/// <summary>A write that runs as it is on one shard, on several, or on all; the shards are decided when values are bound.</summary>
internal sealed class DirectWritePlan : StatementPlan
{
    /// <summary>Which shards hold rows it changes.</summary>
    public required Routing Target { get; init; }

    /// <summary>All tables it uses; where they turn out to lie on one shard, that shard runs it. Null if the target alone decides.</summary>
    public Routing? All { get; init; }

    /// <summary>The statement.</summary>
    public required Fragment Statement { get; init; }

    /// <summary>Whether it is an INSERT whose rows the engine itself numbers.</summary>
    public bool GivesIds { get; init; }

    /// <summary>Whether it may fail in the middle and leave what it has done: SQLite's OR and ON CONFLICT do not undo every failure.</summary>
    public bool MayStayHalf { get; init; }

    /// <summary>Whether every shard has to run it and gives the same answer: the target is a reference table.</summary>
    public bool Broadcast { get; init; }

    /// <summary>The plan where <see cref="All"/> is not one shard; null where <see cref="Statement"/> may run on several.</summary>
    public Lazy<StatementPlan>? Otherwise { get; init; }

    /// <inheritdoc/>
    public override bool Writes => true;

    /// <inheritdoc/>
    public override IReadOnlyList<LookupRead> Lookups => (All ?? Target).Lookups;
}

/// <summary>An INSERT whose rows are routed one by one.</summary>
internal sealed class InsertPlan : StatementPlan
{
    /// <summary>The table.</summary>
    public required TablePlace Place { get; init; }

    /// <summary>The rows, where they are listed.</summary>
    public IReadOnlyList<ValueSource[]> Rows { get; init; } = [];

    /// <summary>The query that gives the rows; null where they are listed.</summary>
    public SelectPlan? Source { get; init; }

    /// <summary>Whether the query names no table, not even one that is the same on all shards: then it reads nothing that its transaction may have written.</summary>
    public bool ReadsNothing { get; init; }

    /// <summary>What is done with each row.</summary>
    public required InsertTemplate Template { get; init; }

    /// <summary>The sequence that numbers rows; null for none.</summary>
    public SequenceRef? Sequence { get; init; }

    /// <summary>Cells that are numbered row by row because the query names nextval there.</summary>
    public IReadOnlyList<(int Cell, SequenceRef Sequence)> RowNumbers { get; set; } = [];

    /// <summary>Whether a NULL in the numbered cell asks for a number (SQLite), or is a NULL (PostgreSQL).</summary>
    public bool NumbersNulls { get; init; }

    /// <summary>ON CONFLICT DO UPDATE of dialect postgres: what shows that it would change a row twice; null where that cannot be.</summary>
    public ConflictKeys? Once { get; init; }

    /// <summary>Whether a row that fails may leave those before it: SQLite's OR and ON CONFLICT do not undo every failure.</summary>
    public bool MayStayHalf { get; init; }

    /// <summary>What ON CONFLICT means for unique lookups; null for nothing.</summary>
    public LookupConflicts? Conflicts { get; init; }

    /// <summary>How many cells the statement itself gives; a numbered cell behind them is always numbered.</summary>
    public int GivenCells { get; init; }

    /// <inheritdoc/>
    public override bool Writes => true;

    /// <inheritdoc/>
    public override IReadOnlyList<LookupRead> Lookups => Source?.Routing.Lookups ?? [];
}

/// <summary>The statement that inserts one row: the row's cells are its first parameters.</summary>
/// <param name="Sql">The text.</param>
/// <param name="CellTypes">What each cell is assigned to, for conversion at the gate; unknown where the engine converts.</param>
/// <param name="Tail">0-based parameters of the statement that follow the cells: those of ON CONFLICT and RETURNING.</param>
/// <param name="KeyCells">The cells that are the sharding key.</param>
/// <param name="AutoCell">The cell that the sequence fills; -1 for none.</param>
internal sealed record InsertTemplate(string Sql, SqlType[] CellTypes, int[] Tail, int[] KeyCells, int AutoCell)
{
    /// <summary>For each lookup of the table the cells that are looked up, to foresee where entries go; null where a default decides.</summary>
    public int[]?[] LookupCells { get; init; } = [];

    /// <summary>The rows that it may change or delete beside the one that it inserts, where the table has lookups; null for none.</summary>
    public MetRows? Met { get; init; }
}

/// <summary>An UPDATE or DELETE whose rows are found by a query first and then changed one by one.</summary>
internal sealed class RowChangePlan : StatementPlan
{
    /// <summary>The table.</summary>
    public required TablePlace Place { get; init; }

    /// <summary>Gives for each row its identity, then the new values, then for a move the whole old row.</summary>
    public required SelectPlan Source { get; init; }

    /// <summary>Which shards hold rows it can change; their write locks are taken before it reads.</summary>
    public required Routing Target { get; init; }

    /// <summary>Where in the source's row its identity on its shard stands (<see cref="RowIdentity"/>); a row that comes twice is changed once.</summary>
    public required int[] IdentityCells { get; init; }

    /// <summary>Whether columns of a key are set, so that the order of the rows decides whether one meets another's key.</summary>
    public bool ChangesKeys { get; init; }

    /// <summary>Where in the source's row the sharding key stands.</summary>
    public required int[] KeyCells { get; init; }

    /// <summary>Changes or deletes one row in its place: parameters are all cells of <see cref="InPlaceCells"/>.</summary>
    public required string InPlaceSql { get; init; }

    /// <summary>The source's cells that <see cref="InPlaceSql"/> takes.</summary>
    public required int[] InPlaceCells { get; init; }

    /// <summary>Where in the source's row RETURNING begins, if the source itself gives it; null where the changed rows do.</summary>
    public int? ReturnedFrom { get; init; }

    /// <summary>Where in the source's row <see cref="OwnerLookups.Columns"/> stand, before the change; empty without lookups.</summary>
    public int[] EntryCells { get; init; } = [];

    /// <summary>Where in the source's row the values stand that they are to get; empty for DELETE.</summary>
    public int[] NewEntryCells { get; init; } = [];

    /// <summary>The foreign keys by which a row's change takes rows of tables with lookups along; their cells are the source's.</summary>
    public IReadOnlyList<CascadeEdge> Cascades { get; init; } = [];

    /// <summary>What moves a row to another shard; null where the sharding key cannot change.</summary>
    public RowMove? Move { get; init; }

    /// <inheritdoc/>
    public override bool Writes => true;

    /// <inheritdoc/>
    public override IReadOnlyList<LookupRead> Lookups => Target.Lookups;
}

/// <summary>How a row moves when its sharding key changes (SEMANTICS S2.5).</summary>
/// <param name="NewKeyCells">Where in the source's row the new sharding key stands.</param>
/// <param name="DeleteSql">Deletes the old row by its identity.</param>
/// <param name="DeleteCells">Its parameters.</param>
/// <param name="InsertSql">Inserts the whole new row.</param>
/// <param name="InsertCells">Its parameters.</param>
/// <param name="Children">For each foreign key that points here, a query whose rows mean that the old row is referenced.</param>
/// <param name="Replaces">Whether a row that is in the way is replaced (SQLite's OR REPLACE).</param>
internal sealed record RowMove(
    int[] NewKeyCells, string DeleteSql, int[] DeleteCells, string InsertSql, int[] InsertCells, IReadOnlyList<ReferenceCheck> Children, bool Replaces);

/// <summary>Asks whether a row is referenced.</summary>
/// <param name="Child">The referencing table.</param>
/// <param name="Sql">Gives a row if it is.</param>
/// <param name="Cells">Its parameters, from the source's row.</param>
/// <param name="Cascades">Whether ON UPDATE CASCADE would change the children.</param>
internal sealed record ReferenceCheck(string Child, string Sql, int[] Cells, bool Cascades);
