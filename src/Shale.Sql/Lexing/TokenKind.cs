namespace Shale.Sql.Lexing;

/// <summary>What a <see cref="Token"/> is.</summary>
internal enum TokenKind : byte
{
    /// <summary>The end of the text; length 0.</summary>
    End,

    /// <summary>An unquoted name or keyword.</summary>
    Word,

    /// <summary>A quoted name: <c>"x"</c>, <c>U&amp;"x"</c>, in SQLite also <c>`x`</c> and <c>[x]</c>.</summary>
    QuotedName,

    /// <summary>Digits, in SQLite also 0x and hex digits.</summary>
    Integer,

    /// <summary>Digits with a point or an exponent.</summary>
    Number,

    /// <summary>A string of any form, with everything that belongs to it: prefix, continuation lines, UESCAPE.</summary>
    String,

    /// <summary>x'…'.</summary>
    HexString,

    /// <summary>PostgreSQL's b'…'.</summary>
    BitString,

    /// <summary>A placeholder that can be nothing else: <c>$1</c>, <c>$name</c>; in SQLite all of them.</summary>
    Parameter,

    /// <summary>An operator.</summary>
    Operator,

    /// <summary>The target behind USE, which is no SQL: <c>main:-80@replica</c>.</summary>
    Target,

    /// <summary>(</summary>
    LeftParen,

    /// <summary>)</summary>
    RightParen,

    /// <summary>[</summary>
    LeftBracket,

    /// <summary>]</summary>
    RightBracket,

    /// <summary>,</summary>
    Comma,

    /// <summary>;</summary>
    Semicolon,

    /// <summary>.</summary>
    Dot,

    /// <summary>PostgreSQL's :</summary>
    Colon,

    /// <summary>PostgreSQL's ::</summary>
    DoubleColon,

    /// <summary>PostgreSQL's :=</summary>
    ColonEquals,
}
