using System.Data.Common;

namespace Shale;

/// <summary>
/// The one exception family of Shale: a code of the registry, the SQLSTATE, the shard if one failed, and what to do next.
/// Thrown for operating failures only; our own bugs are <see cref="InvalidOperationException"/> and stop what they stand in.
/// </summary>
public sealed class VitessException : DbException
{
    /// <summary>A failure with a code of the registry.</summary>
    /// <param name="code">The registry's entry.</param>
    /// <param name="message">What happened, for people; names are quoted as they were written.</param>
    /// <param name="shard">The shard that failed, by its key range.</param>
    /// <param name="sqlState">A better SQLSTATE than the entry's.</param>
    /// <param name="hint">A better hint than the entry's.</param>
    /// <param name="inner">The cause.</param>
    /// <param name="position">Where in the statement, 1-based in characters.</param>
    public VitessException(ErrorCode code, string message, string? shard = null, string? sqlState = null, string? hint = null,
        Exception? inner = null, int? position = null)
        : base(message, inner)
    {
        Code = code.Code;
        SqlState = sqlState ?? code.SqlState;
        Shard = shard;
        Hint = hint ?? code.Hint;
        IsTransient = code.IsTransient;
        Position = position;
    }

    /// <summary>A failure that another process reported: its code need not be known here.</summary>
    public VitessException(string code, string message, string? shard, string? sqlState, bool isTransient, string? hint, int? position = null)
        : base(message)
    {
        Position = position;
        Code = code;
        SqlState = sqlState;
        Shard = shard;
        Hint = hint;
        IsTransient = isTransient;
    }

    /// <summary>The registry's name of the failure, such as <c>CONSTRAINT_VIOLATION</c>.</summary>
    public string Code { get; }

    /// <summary>The shard that failed, by its key range; null if none did.</summary>
    public string? Shard { get; }

    /// <summary>The five-character SQLSTATE.</summary>
    public override string? SqlState { get; }

    /// <summary>What to do next.</summary>
    public string? Hint { get; }

    /// <summary>Whether the same request may succeed when tried again.</summary>
    public override bool IsTransient { get; }

    /// <summary>Where in the statement, 1-based in characters; null if unknown.</summary>
    public int? Position { get; }

    /// <summary>What the failure is about; null if that is not known. A failure that passes on another one is about the same.</summary>
    public FailureSubject? Subject
    {
        get => field ?? (InnerException as VitessException)?.Subject;
        init;
    }

    /// <summary>Where it happened, as PostgreSQL words it: <c>COPY t, line 3, column a: "x"</c>; null where there is nothing to say. A failure that passes on another one happened there, too.</summary>
    public string? Context
    {
        get => field ?? (InnerException as VitessException)?.Context;
        init;
    }

    /// <summary>Which of the rows that were sent along with a statement, as for COPY, it came to, from 0; null where no row is to blame.</summary>
    public long? Row { get; init; }

    /// <summary>The same failure, with its place in the statement. A place already known stays.</summary>
    /// <param name="position">1-based in characters.</param>
    public VitessException At(int position) => Position is not null ? this : new VitessException(Code, Message, Shard, SqlState, IsTransient, Hint, position) { Subject = Subject, Context = Context, Row = Row };

    /// <summary>The same failure, with where it happened instead of a place in a statement: what came to it is no statement of the client's.</summary>
    /// <param name="context">See <see cref="Context"/>.</param>
    public VitessException Within(string context) => new(new ErrorCode(Code, SqlState ?? "XX000", IsTransient, "", Hint ?? ""), Message, Shard, inner: this) { Context = context };

    /// <summary>The same failure, with what it is about.</summary>
    public VitessException About(FailureSubject subject) => new(new ErrorCode(Code, SqlState ?? "XX000", IsTransient, "", Hint ?? ""), Message, Shard, inner: this, position: Position) { Subject = subject, Row = Row };

    /// <summary>The same failure, with something better to do next.</summary>
    public VitessException Advising(string hint) => new(new ErrorCode(Code, SqlState ?? "XX000", IsTransient, "", hint), Message, Shard, inner: this, position: Position) { Row = Row };

    /// <summary>The same failure, with the shard it happened on. A shard already named stays.</summary>
    public VitessException OnShard(string shard) => Shard is not null
        ? this
        : new VitessException(new ErrorCode(Code, SqlState ?? "XX000", IsTransient, "", Hint ?? ""), Message, shard, inner: this, position: Position) { Row = Row };
}
