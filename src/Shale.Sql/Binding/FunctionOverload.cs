namespace Shale.Sql;

/// <summary>What kind of function it is.</summary>
internal enum FunctionKind
{
    Scalar,
    Aggregate,
    Window,
    Set,
}

/// <summary>What an argument may be.</summary>
/// <param name="Type">The type; unknown for <c>any</c> and <c>anyelement</c>.</param>
/// <param name="Any">Anything; where the type is an array, any array.</param>
/// <param name="Element">Anything, and what all such arguments have in common is the result's type too.</param>
internal readonly record struct ArgumentType(SqlType Type, bool Any = false, bool Element = false);

/// <summary>One function of PostgreSQL: a name with argument types.</summary>
/// <param name="Name">The name.</param>
/// <param name="Arguments">Types of the arguments.</param>
/// <param name="Variadic">Whether the last may be repeated.</param>
/// <param name="Returns">The result's type; for anyelement see <see cref="ReturnsElement"/>.</param>
/// <param name="Kind">Scalar, aggregate, window or set.</param>
/// <param name="Volatility">How much its result depends on.</param>
/// <param name="Emit">The function that stands for it on SQLite; empty for none, <c>*</c> where the translator has its own form.</param>
internal sealed record FunctionOverload(
    string Name, ArgumentType[] Arguments, bool Variadic, SqlType Returns, FunctionKind Kind, Volatility Volatility, string Emit)
{
    /// <summary>What stands for a call over the catalog: an expression of SQLite, its arguments ?1, ?2, …; null for none.</summary>
    public string? Body { get; init; }

    /// <summary>Whether the result has the type of the arguments that are <see cref="ArgumentType.Element"/>.</summary>
    public bool ReturnsElement { get; init; }

    /// <summary>The type of the argument at that place.</summary>
    public ArgumentType At(int index) => Arguments[Math.Min(index, Arguments.Length - 1)];

    /// <summary>Whether so many arguments fit.</summary>
    public bool Takes(int count) => Variadic ? count >= Arguments.Length : count == Arguments.Length;
}

/// <summary>How much a function's result depends on besides its arguments.</summary>
public enum Volatility
{
    /// <summary>On nothing.</summary>
    Immutable,

    /// <summary>On the statement, transaction or session: one value in each.</summary>
    Stable,

    /// <summary>A new value, or an effect, at each call.</summary>
    Volatile,
}
