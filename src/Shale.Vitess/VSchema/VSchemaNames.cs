using System.Collections.Immutable;

namespace Shale.Vitess;

/// <summary>Names of the VSchema compare whatever the case: SQLite's do, and PostgreSQL's have been folded before.</summary>
public static class VSchemaNames
{
    /// <summary>How names compare.</summary>
    public static StringComparer Comparer => StringComparer.OrdinalIgnoreCase;

    /// <summary>An empty dictionary that compares names so.</summary>
    public static ImmutableSortedDictionary<string, T> Empty<T>() => ImmutableSortedDictionary.Create<string, T>(Comparer);
}
