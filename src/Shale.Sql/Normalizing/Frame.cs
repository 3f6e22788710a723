namespace Shale.Sql.Normalizing;

/// <summary>One level of parentheses.</summary>
internal struct Frame
{
    /// <summary>The clause at this level.</summary>
    public Zone Zone;

    /// <summary>What the tokens since the last AND, OR, comma or keyword have made up.</summary>
    public Operand Operand;

    /// <summary>Whether keywords such as WHERE change the clause: a query, not an expression in parentheses.</summary>
    public bool IsQuery;

    /// <summary>Whether it is a select list or stands in one: its text names columns.</summary>
    public bool Names;

    /// <summary>Whether nothing inside may be replaced.</summary>
    public bool Frozen;
}

/// <summary>How far a comparison of a column has come.</summary>
internal enum Operand : byte
{
    /// <summary>An operand may begin.</summary>
    Start,

    /// <summary>A column's name, all of it or up to here.</summary>
    Column,

    /// <summary>A dot behind a part of a name.</summary>
    Dot,

    /// <summary>Column and comparison: a literal may follow.</summary>
    Compared,

    /// <summary>Column, =, and the name of one that is assigned to it.</summary>
    Assigned,

    /// <summary>And + or - behind that: an integer may follow.</summary>
    Added,

    /// <summary>Column and BETWEEN: the lower bound may follow.</summary>
    Between,

    /// <summary>The lower bound stood there: AND must follow.</summary>
    LowerBound,

    /// <summary>Anything else.</summary>
    Other,
}
