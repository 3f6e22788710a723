namespace Shale.Vitess;

/// <summary>What a call does with a sequence.</summary>
internal enum SequenceCallKind
{
    /// <summary>nextval: takes a value.</summary>
    NextValue,

    /// <summary>currval: the value that the session took last from the sequence.</summary>
    CurrentValue,

    /// <summary>lastval: the value that the session took last from any.</summary>
    LastValue,

    /// <summary>setval: says which value comes next.</summary>
    SetValue,

    /// <summary>The column last_value of the sequence as a relation; the next two follow it, and tell of the same moment.</summary>
    Position,

    /// <summary>The column log_cnt.</summary>
    Ahead,

    /// <summary>The column is_called, as 1 or 0.</summary>
    IsCalled,
}

/// <summary>A call that the gate makes when a statement's values are bound.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Sequence">The sequence; null for lastval.</param>
/// <param name="Value">setval's value.</param>
/// <param name="Called">Whether setval's value counts as taken.</param>
internal sealed record SequenceCall(SequenceCallKind Kind, SequenceRef? Sequence, ValueSource Value = default, ValueSource Called = default)
{
    /// <summary>Whether it changes the sequence.</summary>
    public bool Writes => Kind is SequenceCallKind.NextValue or SequenceCallKind.SetValue;
}
