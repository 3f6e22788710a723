using System.Text.RegularExpressions;
using Shale.Sql;
using Shale.Vitess;

namespace Shale.Server;

/// <summary>A statement that SQL has prepared.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Text">Its text.</param>
/// <param name="Start">Where it stands in the PREPARE.</param>
/// <param name="Typed">The same with the types that were said of its values; null for none.</param>
internal sealed record PreparedSql(string Name, string Text, int Start, TypedSql? Typed)
{
    /// <summary>What it took and gave when it was prepared.</summary>
    public GateDescription Description { get; init; } = new("", [], []);

    /// <summary>A value of it as its parameter takes it. Errors: TYPE_ERROR (42804) for a type that cannot be assigned; those of the conversion.</summary>
    /// <param name="index">Which, from 0.</param>
    /// <param name="value">The value.</param>
    /// <param name="type">Its type; text also for a literal, which has none.</param>
    public SqlValue Take(int index, SqlValue value, SqlType type)
    {
        if (index >= Description.Parameters.Count || value.IsNull) return value;
        var told = Description.Parameters[index];
        var expected = Typed is not null && index < Typed.Types.Count && Typed.Types[index] is { Kind: not SqlTypeKind.Unknown } declared ? declared : told;
        if (type.Kind is SqlTypeKind.Text or SqlTypeKind.Unknown) return DeclaredTypes.Take(value, expected, told);
        if (expected.Kind == SqlTypeKind.Unknown) return value;
        if (ParameterConversion.CanRecast(type, expected, isExplicit: false)) return DeclaredTypes.Take(ParameterConversion.ForAssignment(value, type, expected, SqlDialect.Postgres), expected, told);
        throw new VitessException(ErrorCodes.TypeError, $"parameter ${index + 1} of type {type.Display()} cannot be coerced to the expected type {expected.Display()}", sqlState: "42804", hint: "You will need to rewrite or cast the expression.");
    }

    /// <summary>Requires that it still gives what it gave. Errors: QUERY_ERROR (0A000).</summary>
    /// <param name="now">What it would be described with now.</param>
    public void RequireAlike(GateDescription now)
    {
        var (before, after) = (Description.Fields ?? [], now.Fields ?? []);
        if (before.Count == after.Count && before.Zip(after).All(pair => (pair.First.Name, pair.First.Type, pair.First.Modifier) == (pair.Second.Name, pair.Second.Type, pair.Second.Modifier))) return;
        throw GateDescription.Changed();
    }
}

/// <summary>A prepared statement that is to run.</summary>
/// <param name="Statement">The statement.</param>
/// <param name="Arguments">The expressions of its values, as they were written; empty for none.</param>
internal readonly record struct PreparedCall(PreparedSql Statement, string Arguments)
{
    /// <summary>SYNTAX_ERROR (42601) for another number of values than the statement takes.</summary>
    public void RequireCount(int given)
    {
        var expected = Math.Max(Statement.Typed?.Types.Count ?? 0, Statement.Description.Parameters.Count);
        if (given == expected) return;
        throw new VitessException(ErrorCodes.SyntaxError, $"wrong number of parameters for prepared statement \"{Statement.Name}\"", hint: "Give one value for each parameter.") { Subject = new FailureSubject { Detail = $"Expected {expected} parameters but got {given}." } };
    }
}

/// <summary>What one session has prepared by SQL: PREPARE and EXECUTE. Not thread-safe.</summary>
internal sealed partial class SessionPrepared
{
    /// <summary>How many there may be at once.</summary>
    private const int Most = 1_000;

    private const string Identifier = """("(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)""";

    private readonly Dictionary<string, PreparedSql> _statements = new(StringComparer.Ordinal);

    /// <summary>Reads PREPARE name [(types)] AS statement; 42P05 for a name that is taken, 42601 for what is none.</summary>
    public PreparedSql Read(string text)
    {
        var match = Prepared().Match(text);
        if (OfTransaction().IsMatch(text)) throw new VitessException(ErrorCodes.QueryError, "prepared transactions are disabled", sqlState: "55000", hint: "COMMIT: a transaction is committed on all its shards.");
        if (!match.Success) throw new VitessException(ErrorCodes.SyntaxError, "PREPARE is followed by a name, types in parentheses, AS, and a statement");
        var name = NameOf(match.Groups[1].Value);
        if (_statements.ContainsKey(name)) throw new VitessException(ErrorCodes.QueryError, $"prepared statement \"{name}\" already exists", sqlState: "42P05", hint: "DEALLOCATE it first, or choose another name.");
        if (_statements.Count >= Most) throw new VitessException(ErrorCodes.ResourceExhausted.Code, $"a session has no more than {Most} prepared statements", null, "53400", isTransient: false, "DEALLOCATE those that are not needed.");
        var statement = match.Groups[3];
        if (!StatementHead.IsPlanned(StatementHead.Word(statement.Value))) throw new VitessException(ErrorCodes.SyntaxError, $"syntax error at or near \"{StatementHead.Word(statement.Value)}\"", hint: "SELECT, VALUES, INSERT, UPDATE and DELETE can be prepared.", position: statement.Index + 1);
        return new PreparedSql(name, statement.Value, statement.Index, Typed(statement.Value, match.Groups[2].Value));
    }

    /// <summary>Keeps one that has been described.</summary>
    public void Add(PreparedSql statement) => _statements[statement.Name] = statement;

    /// <summary>EXECUTE name [(values)]; 26000 for a name that nothing has.</summary>
    public PreparedCall Find(string text)
    {
        var match = Executed().Match(text);
        if (!match.Success) throw new VitessException(ErrorCodes.SyntaxError, "EXECUTE is followed by a name, and values in parentheses");
        var name = NameOf(match.Groups[1].Value);
        return _statements.TryGetValue(name, out var prepared) ? new PreparedCall(prepared, match.Groups[2].Value.Trim()) : throw Missing(name);
    }

    /// <summary>Forgets one, or with null all; false if it was asked for more than it has: for another, or for all that the session has.</summary>
    public bool Forget(string? name)
    {
        if (name is not null) return _statements.Remove(name);
        _statements.Clear();
        return false;
    }

    private static TypedSql? Typed(string statement, string types) => types.Length == 0 ? null
        : new TypedSql(statement, [.. types.Split(',').Select(type => SqlTypes.Of(((Cast)SqlParser.ParseExpression($"NULL::{type.Trim()}", SqlDialect.Postgres)).Type, SqlDialect.Postgres))]);

    private static string NameOf(string written) => written[0] == '"' ? written[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : written.ToLowerInvariant();

    private static VitessException Missing(string name) => new(ErrorCodes.NotFound, $"prepared statement \"{name}\" does not exist", sqlState: "26000");

    [GeneratedRegex(@"\A\s*PREPARE\s+" + Identifier + @"\s*(?:\(([^()]*(?:\([^()]*\)[^()]*)*)\))?\s+AS\s+(.+)\z", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Prepared();

    [GeneratedRegex(@"\A\s*PREPARE\s+TRANSACTION\s+'", RegexOptions.IgnoreCase)]
    private static partial Regex OfTransaction();

    [GeneratedRegex(@"\A\s*EXECUTE\s+" + Identifier + @"\s*(?:\((.*)\))?\s*\z", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Executed();
}
