using System.Diagnostics.CodeAnalysis;

namespace Shale.Postgres;

/// <summary>The prepared statements of a connection, by text and types of parameters; the one that was used longest ago goes first. Not thread-safe.</summary>
/// <typeparam name="T">What is prepared.</typeparam>
internal sealed class StatementStore<T>(int capacity)
    where T : class, IPreparedStatement
{
    private readonly Dictionary<string, List<T>> _byText = new(StringComparer.Ordinal);
    private int _count;
    private long _uses;

    /// <summary>Finds one.</summary>
    public bool TryGet(string sql, IReadOnlyList<SqlValue> parameters, [NotNullWhen(true)] out T? statement)
    {
        statement = null;
        if (!_byText.TryGetValue(sql, out var variants)) return false;
        foreach (var each in variants)
        {
            if (!PostgresParameters.Fit(each.Wires, parameters)) continue;
            each.LastUse = ++_uses;
            statement = each;
            return true;
        }

        return false;
    }

    /// <summary>Finds one by how its parameters go.</summary>
    public bool TryGet(string sql, PostgresParameters.Wire[] wires, [NotNullWhen(true)] out T? statement)
    {
        statement = _byText.TryGetValue(sql, out var variants) ? variants.Find(each => each.Wires.AsSpan().SequenceEqual(wires)) : null;
        if (statement is not null) statement.LastUse = ++_uses;
        return statement is not null;
    }

    /// <summary>Keeps one.</summary>
    /// <returns>One that has to go for it; null for none.</returns>
    public T? Add(T statement)
    {
        var unused = _count < capacity ? null : All.MinBy(each => each.LastUse);
        if (unused is not null) Remove(unused);
        statement.LastUse = ++_uses;
        if (!_byText.TryGetValue(statement.Sql, out var variants)) _byText.Add(statement.Sql, variants = []);
        variants.Add(statement);
        _count++;
        return unused;
    }

    /// <summary>All of them.</summary>
    public IEnumerable<T> All => _byText.Values.SelectMany(variants => variants);

    /// <summary>Forgets all; the server still has them.</summary>
    public void Clear()
    {
        foreach (var statement in All) (statement as IDisposable)?.Dispose();
        _byText.Clear();
        _count = 0;
    }

    /// <summary>Forgets one.</summary>
    public void Remove(T statement)
    {
        if (!_byText.TryGetValue(statement.Sql, out var variants) || !variants.Remove(statement)) return;
        _count--;
        if (variants.Count == 0) _byText.Remove(statement.Sql);
    }
}
