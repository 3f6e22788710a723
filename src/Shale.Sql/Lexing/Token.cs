namespace Shale.Sql.Lexing;

/// <summary>A piece of the text and what it is; its value is read from the text when it is needed.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Keyword">The keyword that a word is.</param>
/// <param name="Start">0-based offset in UTF-16 units.</param>
/// <param name="Length">In UTF-16 units.</param>
internal readonly record struct Token(TokenKind Kind, Keyword Keyword, int Start, int Length)
{
    /// <summary>The offset behind it.</summary>
    public int End => Start + Length;

    /// <summary>Its place.</summary>
    public SourceSpan Span => new(Start, Length);

    /// <summary>Its text as written.</summary>
    public ReadOnlySpan<char> Of(ReadOnlySpan<char> text) => text.Slice(Start, Length);
}
