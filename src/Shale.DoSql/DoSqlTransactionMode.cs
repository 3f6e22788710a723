namespace Shale.DoSql;

/// <summary>When a transaction takes the writer of its branch.</summary>
public enum DoSqlTransactionMode
{
    /// <summary>
    /// With its first write. It reads the version that its first statement found; if that is no longer the newest when it first writes, SERIALIZATION_FAILURE (40001): run it again.
    /// </summary>
    Deferred,

    /// <summary>At once: it waits for its turn when it begins, and never meets SERIALIZATION_FAILURE.</summary>
    Immediate,

    /// <summary>Never: it reads one version from its first statement to its end, and holds up nobody.</summary>
    ReadOnly,
}
