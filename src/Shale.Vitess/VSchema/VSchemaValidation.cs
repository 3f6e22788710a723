namespace Shale.Vitess;

/// <summary>What is wrong with a VSchema.</summary>
/// <param name="Code">MISSING_VINDEX, MISSING_LOOKUP_TABLE, MISSING_PRIMARY_VINDEX, UNKNOWN_VINDEX, MISSING_SEQUENCE or INVALID_SHARD_RANGE.</param>
/// <param name="Message">Names the entry.</param>
public sealed record VSchemaProblem(string Code, string Message);

/// <summary>What the validator answers.</summary>
/// <param name="Errors">What must be changed.</param>
/// <param name="Warnings">What should be looked at.</param>
public sealed record VSchemaValidation(IReadOnlyList<VSchemaProblem> Errors, IReadOnlyList<string> Warnings)
{
    /// <summary>Whether there are no errors.</summary>
    public bool Valid => Errors.Count == 0;
}
