namespace Shale.Server;

/// <summary>Variables of a session that each of its messages or statements asks for, read once for as long as none changes.</summary>
internal sealed class SessionSettings
{
    private SessionSettings()
    {
    }

    /// <summary>statement_timeout; null for none.</summary>
    public TimeSpan? Statement { get; private init; }

    /// <summary>lock_timeout; null for none.</summary>
    public TimeSpan? Lock { get; private init; }

    /// <summary>idle_session_timeout; null for none.</summary>
    public TimeSpan? Idle { get; private init; }

    /// <summary>idle_in_transaction_session_timeout; null for none.</summary>
    public TimeSpan? IdleInTransaction { get; private init; }

    /// <summary>Whether transactions that say nothing may only read, those of one statement too.</summary>
    public bool ReadOnly { get; private init; }

    /// <summary>Whether search_path leaves out the schema of tables, so that statements must name it.</summary>
    public bool NamesSchemas { get; private init; }

    /// <summary>Whether intervals are sent as ISO 8601 has them.</summary>
    public bool IsIso { get; private init; }

    /// <summary>As the variables are now.</summary>
    public static SessionSettings Of(SessionVariables variables) => new()
    {
        Statement = Time(variables, "statement_timeout"),
        Lock = Time(variables, "lock_timeout"),
        Idle = Time(variables, "idle_session_timeout"),
        IdleInTransaction = Time(variables, "idle_in_transaction_session_timeout"),
        ReadOnly = variables.Get("default_transaction_read_only") == "on",
        IsIso = variables.Get("IntervalStyle") == "iso_8601",
        NamesSchemas = !variables.Get("search_path").Contains("public", StringComparison.Ordinal),
    };

    private static TimeSpan? Time(SessionVariables variables, string name) => SessionVariableList.Time(variables.Get(name));
}
