namespace Shale.Server;

/// <summary>A variable that clients may set or read.</summary>
/// <param name="Name">As PostgreSQL writes it.</param>
/// <param name="Default">What it is unless somebody sets it.</param>
/// <param name="Read">What a value becomes that somebody sets; throws where the value is none, or means what Shale cannot do.</param>
internal sealed record SessionVariable(string Name, string Default, Func<SessionVariable, IReadOnlyList<string>, string> Read)
{
    /// <summary>Whether clients are told of every change.</summary>
    public bool IsReported { get; init; }

    /// <summary>22023: a value that PostgreSQL does not know either.</summary>
    public VitessException Invalid(IReadOnlyList<string> values) => new(ErrorCodes.QueryError, $"invalid value for parameter \"{Name}\": \"{string.Join(", ", values)}\"", sqlState: "22023", hint: "SHOW ALL lists the parameters and their values.");

    /// <summary>0A000: a value that PostgreSQL knows and Shale does not.</summary>
    public VitessException Unsupported(IReadOnlyList<string> values, string hint) => new(ErrorCodes.QueryError, $"{Name} = {string.Join(", ", values)} is not supported", sqlState: "0A000", hint: hint);
}
