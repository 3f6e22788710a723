namespace Shale.Sql;

/// <summary>A piece of the statement's text.</summary>
/// <param name="Start">0-based offset in UTF-16 units.</param>
/// <param name="Length">In UTF-16 units.</param>
public readonly record struct SourceSpan(int Start, int Length)
{
    /// <summary>The offset behind the last unit.</summary>
    public int End => Start + Length;

    /// <summary>The smallest span that holds both.</summary>
    public SourceSpan To(SourceSpan last) => new(Start, last.End - Start);

    /// <summary>The piece itself.</summary>
    public string Of(string text) => text.Substring(Start, Length);
}
