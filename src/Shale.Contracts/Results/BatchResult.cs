namespace Shale.Contracts;

/// <summary>What became of a batch (SEMANTICS S4.5).</summary>
/// <param name="Results">The results before the first failure; those of writes have no rows but <see cref="QueryResult.Affected"/>.</param>
/// <param name="Success">Whether all statements succeeded.</param>
/// <param name="FailedAt">Which one failed, 0-based.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="ErrorDetail">Why it failed, with code, SQLSTATE, shard and hint.</param>
public sealed record BatchResult(
    IReadOnlyList<QueryResult> Results, bool Success, int? FailedAt = null, string? Error = null, ErrorDetail? ErrorDetail = null)
{
    /// <summary>How long the batch took at the gate, in milliseconds.</summary>
    public double? Duration { get; init; }
}

/// <summary>A failure inside a result.</summary>
/// <param name="Code">The registry's name of the failure.</param>
/// <param name="Shard">The shard that failed.</param>
/// <param name="SqlState">The five-character SQLSTATE.</param>
/// <param name="Hint">What to do next.</param>
/// <param name="IsTransient">Whether the same request may succeed when tried again.</param>
/// <param name="Subject">What it is about; null if that is not known.</param>
public sealed record ErrorDetail(
    string Code, string? Shard = null, string? SqlState = null, string? Hint = null, bool? IsTransient = null, FailureSubject? Subject = null);
