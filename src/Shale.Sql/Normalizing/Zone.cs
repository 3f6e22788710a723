namespace Shale.Sql.Normalizing;

/// <summary>Which clause of a query or statement the normaliser stands in.</summary>
internal enum Zone : byte
{
    /// <summary>At the beginning, before the first keyword says what it is.</summary>
    Start,

    /// <summary>WITH, up to the statement itself.</summary>
    With,

    /// <summary>A clause whose literals must stay, and those of queries inside it: select list, GROUP BY, ORDER BY, LIMIT, RETURNING ….</summary>
    Frozen,

    /// <summary>FROM, or the target of a write: no literals of its own, but queries.</summary>
    From,

    /// <summary>WHERE and ON.</summary>
    Condition,

    /// <summary>UPDATE … up to SET.</summary>
    UpdateHead,

    /// <summary>SET.</summary>
    Assign,

    /// <summary>INSERT … up to its rows.</summary>
    InsertHead,

    /// <summary>VALUES of an INSERT.</summary>
    Values,

    /// <summary>One row of them.</summary>
    Row,

    /// <summary>ON CONFLICT up to DO: its predicate must match an index word for word.</summary>
    ConflictTarget,

    /// <summary>The parentheses behind <c>column IN</c>.</summary>
    InList,

    /// <summary>Parentheses of any other kind: literals stay, queries inside are looked at.</summary>
    Other,

    /// <summary>CASE … END.</summary>
    Case,
}
