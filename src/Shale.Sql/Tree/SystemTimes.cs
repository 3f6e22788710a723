namespace Shale.Sql;

/// <summary>How a <see cref="SystemTimePoint"/> names its point.</summary>
public enum PointKind
{
    /// <summary><c>TIMESTAMP x</c>, or x alone; a string constant is UTC where it has no offset.</summary>
    Timestamp,

    /// <summary><c>LSN n</c></summary>
    Lsn,

    /// <summary><c>SNAPSHOT 'name'</c> or <c>SNAPSHOT 'branch@version'</c></summary>
    Snapshot,

    /// <summary><c>BOOKMARK 'text'</c></summary>
    Bookmark,

    /// <summary><c>BRANCH 'name' [AT point]</c></summary>
    Branch,

    /// <summary><c>VERSION n</c></summary>
    Version,

    /// <summary><c>VERSION CURRENT [- n]</c></summary>
    VersionsBack,
}

/// <summary>A point in time as it was written; <see cref="TimePoints"/> finds out its value.</summary>
/// <param name="Kind">How it is named.</param>
/// <param name="Value">
/// A number (<see cref="PointKind.Lsn"/>, <see cref="PointKind.Version"/>, <see cref="PointKind.VersionsBack"/>: 0 for <c>VERSION CURRENT</c>) or a
/// string, as a literal or a parameter; of a timestamp any expression without columns.
/// </param>
public sealed record SystemTimePoint(PointKind Kind, Expr Value) : SqlNode
{
    /// <summary>The point on a branch; null for its head, and for other kinds.</summary>
    public SystemTimePoint? OnBranch { get; init; }

    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Value, out var value) | mapper.On(OnBranch, out var point) ? this with { Value = value!, OnBranch = point } : this;
}

/// <summary>What a <see cref="SystemTime"/> asks of a table.</summary>
public enum SystemTimeKind
{
    /// <summary><c>AS OF point</c>: the rows that were current then.</summary>
    AsOf,

    /// <summary><c>BETWEEN a AND b</c>: each version of each row that was current at some time from a to b, both included.</summary>
    Between,

    /// <summary><c>FROM a TO b</c>: the same, without those that begin at b.</summary>
    FromTo,

    /// <summary><c>CONTAINED IN (a, b)</c>: each version that began at or after a and ended at or before b.</summary>
    ContainedIn,

    /// <summary><c>ALL</c>: each version that is kept.</summary>
    All,
}

/// <summary><c>FOR SYSTEM_TIME …</c> behind a table, or <c>AS OF …</c> alone.</summary>
/// <param name="Kind">What is asked.</param>
/// <param name="Start">The point, or the first of two; null for <see cref="SystemTimeKind.All"/>.</param>
/// <param name="End">The second of two points; else null.</param>
public sealed record SystemTime(SystemTimeKind Kind, SystemTimePoint? Start, SystemTimePoint? End) : SqlNode
{
    /// <summary>Whether it asks for versions of rows, not for one state: then there are the columns <c>_dosql_version</c>, <c>_dosql_valid_from</c> and <c>_dosql_valid_to</c>.</summary>
    public bool IsPeriod => Kind != SystemTimeKind.AsOf;

    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Start, out var start) | mapper.On(End, out var end) ? this with { Start = start, End = end } : this;
}

/// <summary><c>BACKUP KEYSPACE name TO 'directory'</c>.</summary>
/// <param name="Keyspace">What is copied.</param>
/// <param name="Directory">Where to, on the machine of the gate.</param>
public sealed record BackupStatement(Identifier Keyspace, string Directory) : Statement
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Keyspace, out var keyspace) ? this with { Keyspace = keyspace! } : this;
}

/// <summary><c>ALTER KEYSPACE name SET ENGINE engine</c>.</summary>
/// <param name="Keyspace">What goes over to another engine.</param>
/// <param name="Engine">The engine, as it is written.</param>
public sealed record SetEngineStatement(Identifier Keyspace, string Engine) : Statement
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Keyspace, out var keyspace) ? this with { Keyspace = keyspace! } : this;
}

/// <summary><c>RESTORE KEYSPACE name TO point</c>, <c>RESTORE DATABASE [name] TO point</c>.</summary>
/// <param name="IsDatabase">Whether it says DATABASE.</param>
/// <param name="Name">What is restored; null for the database that is open.</param>
/// <param name="Point">Where to; no branch.</param>
public sealed record RestoreStatement(bool IsDatabase, Identifier? Name, SystemTimePoint Point) : Statement
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) =>
        mapper.On(Name, out var name) | mapper.On(Point, out var point) ? this with { Name = name, Point = point! } : this;
}

/// <summary><c>CALL name(arguments)</c>; in PostgreSQL arguments may have names.</summary>
/// <param name="Call">Procedure and arguments; nothing behind the parentheses.</param>
public sealed record CallStatement(FunctionCall Call) : Statement
{
    /// <inheritdoc/>
    public override SqlNode MapChildren(NodeMapper mapper) => mapper.On(Call, out var call) ? this with { Call = call! } : this;
}
