namespace Shale.Sql;

/// <summary>A piece of SQL in a block of PL/pgSQL.</summary>
/// <param name="Sql">A statement, to which <c>SELECT</c> has been added in front of an expression; without INTO.</param>
/// <param name="Scope">The variables that it may name.</param>
/// <param name="Context">How PostgreSQL calls it where it fails: <c>SQL statement "…"</c>.</param>
public sealed record PlText(string Sql, PlScope Scope, string Context);

/// <summary>A place that takes a value.</summary>
/// <param name="Variable">The variable.</param>
/// <param name="Field">Its field, where the variable is a record; null for all of it.</param>
public readonly record struct PlTarget(PlVariable Variable, string? Field);

/// <summary>Where the row of a query goes.</summary>
/// <param name="Targets">One record, or a place for each column.</param>
/// <param name="IsStrict">Whether it must be exactly one row.</param>
public sealed record PlInto(IReadOnlyList<PlTarget> Targets, bool IsStrict);

/// <summary>A statement of PL/pgSQL.</summary>
/// <param name="Line">The line of the block, from 1.</param>
/// <param name="Kind">What PostgreSQL calls it where it fails: <c>SQL statement</c>, <c>IF</c>.</param>
public abstract record PlStatement(int Line, string Kind);

/// <summary>BEGIN … END.</summary>
public sealed record PlBlock(int Line, string? Label, IReadOnlyList<PlVariable> Variables, IReadOnlyList<PlStatement> Body, IReadOnlyList<PlHandler> Handlers, PlVariable? State, PlVariable? Message)
    : PlStatement(Line, "statement block");

/// <summary>WHEN … THEN of a block's EXCEPTION.</summary>
/// <param name="Conditions">SQLSTATEs, and names of conditions as they were written; null for OTHERS.</param>
/// <param name="Body">What runs.</param>
public sealed record PlHandler(IReadOnlyList<string?> Conditions, IReadOnlyList<PlStatement> Body);

/// <summary>A variable gets a value.</summary>
public sealed record PlAssign(int Line, PlTarget Target, PlText Value) : PlStatement(Line, "assignment");

/// <summary>IF, and all its ELSIFs.</summary>
public sealed record PlIf(int Line, IReadOnlyList<(PlText Condition, IReadOnlyList<PlStatement> Body)> Branches, IReadOnlyList<PlStatement> Else) : PlStatement(Line, "IF");

/// <summary>CASE with statements.</summary>
/// <param name="Line">The line.</param>
/// <param name="Subject">The variable that the conditions compare, and what it becomes; null for none.</param>
/// <param name="Branches">The conditions and what they lead to.</param>
/// <param name="Else">What runs where none holds; null for nothing, which is an error.</param>
public sealed record PlCase(int Line, (PlVariable Variable, PlText Value)? Subject, IReadOnlyList<(PlText Condition, IReadOnlyList<PlStatement> Body)> Branches, IReadOnlyList<PlStatement>? Else) : PlStatement(Line, "CASE");

/// <summary>LOOP without an end of its own, or with WHILE.</summary>
public sealed record PlLoop(int Line, string? Label, PlText? Condition, IReadOnlyList<PlStatement> Body) : PlStatement(Line, Condition is null ? "LOOP" : "WHILE");

/// <summary>FOR over whole numbers.</summary>
public sealed record PlForNumbers(int Line, string? Label, PlVariable Variable, PlText From, PlText To, PlText? By, bool IsReverse, IReadOnlyList<PlStatement> Body)
    : PlStatement(Line, "FOR with integer loop variable");

/// <summary>FOR over the rows of a query.</summary>
public sealed record PlForRows(int Line, string? Label, PlInto Into, PlText? Query, PlDynamic? Dynamic, IReadOnlyList<PlStatement> Body)
    : PlStatement(Line, Dynamic is null ? "FOR over SELECT rows" : "FOR over EXECUTE statement");

/// <summary>FOREACH over the elements of an array.</summary>
public sealed record PlForEach(int Line, string? Label, PlTarget Target, PlText Array, IReadOnlyList<PlStatement> Body) : PlStatement(Line, "FOREACH over array");

/// <summary>EXIT or CONTINUE.</summary>
public sealed record PlExit(int Line, bool IsContinue, string? Label, PlText? When) : PlStatement(Line, IsContinue ? "CONTINUE" : "EXIT");

/// <summary>RETURN.</summary>
public sealed record PlReturn(int Line) : PlStatement(Line, "RETURN");

/// <summary>RAISE.</summary>
/// <param name="Line">The line.</param>
/// <param name="Level">EXCEPTION, WARNING, NOTICE, INFO, LOG or DEBUG; null for RAISE alone, which throws again what a handler has caught.</param>
/// <param name="Format">The message with % for each argument; null for none.</param>
/// <param name="Arguments">The arguments.</param>
/// <param name="Condition">A SQLSTATE, or the name of a condition; null for none.</param>
/// <param name="Options">Behind USING: names in upper case, and values.</param>
public sealed record PlRaise(int Line, string? Level, string? Format, IReadOnlyList<PlText> Arguments, string? Condition, IReadOnlyList<(string Name, PlText Value)> Options) : PlStatement(Line, "RAISE");

/// <summary>ASSERT.</summary>
public sealed record PlAssert(int Line, PlText Condition, PlText? Message) : PlStatement(Line, "ASSERT");

/// <summary>PERFORM: a query whose rows nobody wants.</summary>
public sealed record PlPerform(int Line, PlText Query) : PlStatement(Line, "PERFORM");

/// <summary>A statement of SQL.</summary>
public sealed record PlSql(int Line, PlText Text, PlInto? Into) : PlStatement(Line, "SQL statement");

/// <summary>A statement whose text is computed.</summary>
/// <param name="Text">The text.</param>
/// <param name="Values">What stands behind USING: $1, $2, ….</param>
public sealed record PlDynamic(PlText Text, IReadOnlyList<PlText> Values);

/// <summary>EXECUTE.</summary>
public sealed record PlExecute(int Line, PlDynamic Dynamic, PlInto? Into) : PlStatement(Line, "EXECUTE");

/// <summary>GET DIAGNOSTICS.</summary>
/// <param name="Line">The line.</param>
/// <param name="IsStacked">Whether it asks for what a handler has caught.</param>
/// <param name="Items">Where each goes, and what: names in upper case.</param>
public sealed record PlDiagnostics(int Line, bool IsStacked, IReadOnlyList<(PlTarget Target, string Item)> Items) : PlStatement(Line, IsStacked ? "GET STACKED DIAGNOSTICS" : "GET DIAGNOSTICS");

/// <summary>COMMIT or ROLLBACK: the transaction ends, and another one begins.</summary>
public sealed record PlEnd(int Line, bool IsCommit) : PlStatement(Line, IsCommit ? "COMMIT" : "ROLLBACK");

/// <summary>NULL, which does nothing.</summary>
public sealed record PlNothing(int Line) : PlStatement(Line, "NULL");

/// <summary>A block that is run as it is: what DO has between its quotes.</summary>
/// <param name="Body">The outermost block.</param>
/// <param name="Found">The variable FOUND.</param>
/// <param name="Slots">How many variables there are.</param>
public sealed record PlRoutine(PlBlock Body, PlVariable Found, int Slots)
{
    /// <summary>Reads a block. Errors: SYNTAX_ERROR (42601) with the line in the context; QUERY_ERROR (0A000) for what is not built.</summary>
    public static PlRoutine Parse(string body) => new Procedural.PlParser(body).ParseRoutine();

    /// <summary>Reads DO [LANGUAGE plpgsql] 'body'. Errors: as <see cref="Parse"/>; SYNTAX_ERROR for what is none, NOT_FOUND (42704) for another language.</summary>
    public static PlRoutine ParseDo(string statement) => Parse(Procedural.PlParser.BodyOf(statement));
}
