namespace Shale;

/// <summary>One entry of the error registry.</summary>
/// <param name="Code">The name that clients see, in capitals; unique.</param>
/// <param name="SqlState">The five-character SQLSTATE it carries unless the place that throws knows a better one.</param>
/// <param name="IsTransient">Whether the same request may succeed when tried again.</param>
/// <param name="Meaning">When it arises, in one sentence.</param>
/// <param name="Hint">What to do next, unless the place that throws knows better.</param>
public sealed record ErrorCode(string Code, string SqlState, bool IsTransient, string Meaning, string Hint)
{
    /// <summary>The code.</summary>
    public override string ToString() => Code;
}
