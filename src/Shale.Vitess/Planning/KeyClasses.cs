using System.Runtime.InteropServices;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// Which columns are equal to one another and to which values for the rows of one query block, by the conjuncts that no surviving row can violate: WHERE and ON of
/// inner joins of the block itself and of the blocks around it, never of those inside it (SEMANTICS S3.2). A row of a table that contradicts them contributes to no
/// result, so the table may be narrowed to the shards where they can hold.
/// </summary>
internal sealed class KeyClasses
{
    private readonly Binding _binding;
    private readonly Dictionary<(Relation, int), int> _classOf = [];
    private readonly List<int> _parents = [];
    private readonly Dictionary<int, KeyFacts> _facts = [];

    private KeyClasses(Binding binding) => _binding = binding;

    /// <summary>Reads all blocks of a statement.</summary>
    public static Dictionary<QueryBlock, KeyClasses> Of(Binding binding)
    {
        var all = new Dictionary<QueryBlock, KeyClasses>();
        foreach (var block in binding.Blocks) Of(block, binding, all);
        return all;
    }

    private static KeyClasses Of(QueryBlock block, Binding binding, Dictionary<QueryBlock, KeyClasses> all)
    {
        if (all.TryGetValue(block, out var known)) return known;
        var classes = block.Parent is null ? new KeyClasses(binding) : Of(block.Parent, binding, all).Copy(withFacts: true);
        var conjuncts = new List<Expr>();
        CollectFiltering(block.Node, conjuncts);
        foreach (var conjunct in conjuncts) classes.Learn(conjunct);
        return all[block] = classes;
    }

    private KeyClasses Copy(bool withFacts)
    {
        var copy = new KeyClasses(_binding);
        foreach (var entry in _classOf) copy._classOf.Add(entry.Key, entry.Value);
        copy._parents.AddRange(_parents);
        if (!withFacts) return copy;
        foreach (var entry in _facts) copy._facts.Add(entry.Key, new KeyFacts().And(entry.Value));
        return copy;
    }

    /// <summary>A copy that also knows these equalities of columns: those of an outer join's ON, to judge that join alone. It knows no values.</summary>
    public KeyClasses With(IEnumerable<Expr> conjuncts)
    {
        var copy = Copy(withFacts: false);
        foreach (var conjunct in conjuncts)
        {
            if (conjunct is Binary { Op: "=" } equality) copy.LearnEqualColumns(equality.Left, equality.Right);
        }

        return copy;
    }

    /// <summary>Whether the two columns are known to be equal in every surviving row.</summary>
    public bool AreEqual(Relation left, int leftColumn, Relation right, int rightColumn) =>
        _classOf.TryGetValue((left, leftColumn), out var first) && _classOf.TryGetValue((right, rightColumn), out var second) && Root(first) == Root(second);

    /// <summary>What is known of a table's sharding key; null for nothing.</summary>
    public KeyNarrowing? ConstraintOf(Relation relation, TablePlace place)
    {
        var key = new ValueSource[place.ShardColumns.Length];
        for (var i = 0; i < key.Length; i++)
        {
            var facts = FactsOf(relation, place.ShardColumns[i]);
            if (facts?.Equal is { } value) key[i] = value;
            else if (key.Length == 1) return facts?.ListOrRange();
            else return i > 0 ? new KeyNarrowing.Prefix(key[..i]) : null;
        }

        return new KeyNarrowing.Equal(key);
    }

    /// <summary>The values one of which a column has in every surviving row; null if nothing is known of them.</summary>
    /// <param name="relation">The use of the table.</param>
    /// <param name="column">Which of its columns.</param>
    /// <param name="mayBeNull">Whether a value that is NULL means rows with NULL there, not none.</param>
    public ValueSource[]? ValuesOf(Relation relation, int column, out bool mayBeNull)
    {
        var facts = FactsOf(relation, column);
        mayBeNull = facts is { EqualsNull: true };
        return facts?.Equal is { } value ? [value] : facts?.List;
    }

    /// <summary>Adds the conjuncts of a block that filter its rows: WHERE, and ON of its inner joins.</summary>
    public static void CollectFiltering(SqlNode block, List<Expr> into)
    {
        switch (block)
        {
            case SelectCore core:
                Conjuncts.Split(core.Where, into);
                foreach (var table in core.From) CollectInnerOn(table, into);
                break;
            case UpdateStatement update:
                Conjuncts.Split(update.Where, into);
                foreach (var table in update.From) CollectInnerOn(table, into);
                break;
            case DeleteStatement delete:
                Conjuncts.Split(delete.Where, into);
                foreach (var table in delete.Using) CollectInnerOn(table, into);
                break;
        }
    }

    private static void CollectInnerOn(TableExpr table, List<Expr> into)
    {
        if (table is not Join join) return;
        CollectInnerOn(join.Left, into);
        CollectInnerOn(join.Right, into);
        if (join.Kind == JoinKind.Inner) Conjuncts.Split(join.On, into);
    }

    private void Learn(Expr conjunct)
    {
        switch (conjunct)
        {
            case Binary { Op: "=", Left: RowConstructor left, Right: RowConstructor right } when left.Items.Count == right.Items.Count:
                for (var i = 0; i < left.Items.Count; i++) Learn(new Binary("=", left.Items[i], right.Items[i]));
                break;
            case Binary { Op: "=" or "IS NOT DISTINCT FROM" } equality when !LearnEqualColumns(equality.Left, equality.Right):
                var mayBeNull = equality.Op != "=";
                if (!LearnEqualValue(equality.Left, equality.Right, mayBeNull)) LearnEqualValue(equality.Right, equality.Left, mayBeNull);
                break;
            case InList { Not: false } list when ColumnOf(list.Operand) is { } column:
                LearnList(column, list.Items);
                break;
            case Between { Not: false, Symmetric: false } between when ColumnOf(between.Operand) is { } column:
                if (TryValue(between.Low, column, out var low) && TryValue(between.High, column, out var high)) Facts(column).Bound(low, high);
                break;
            case Binary { Op: "<" or "<=" or ">" or ">=" } comparison:
                LearnBound(comparison);
                break;
        }
    }

    private void LearnBound(Binary comparison)
    {
        var less = comparison.Op[0] == '<';
        if (ColumnOf(comparison.Left) is { } left && TryValue(comparison.Right, left, out var right))
        {
            Facts(left).Bound(less ? null : right, less ? right : null);
        }
        else if (ColumnOf(comparison.Right) is { } mirrored && TryValue(comparison.Left, mirrored, out var value))
        {
            Facts(mirrored).Bound(less ? value : null, less ? null : value);
        }
    }

    private bool LearnEqualColumns(Expr left, Expr right)
    {
        if (ColumnOf(left) is not { } first || ColumnOf(right) is not { } second) return false;
        if (!ShardKey.AreComparable(first.Column!, second.Column!)) return true;
        Union(ClassOf(first), ClassOf(second));
        return true;
    }

    private bool LearnEqualValue(Expr column, Expr value, bool mayBeNull)
    {
        if (ColumnOf(column) is not { } binding || !TryValue(value, binding, out var source)) return false;
        Facts(binding).Equals(source, mayBeNull);
        return true;
    }

    private void LearnList(ColumnBinding column, NodeList<Expr> items)
    {
        var sources = new ValueSource[items.Count];
        for (var i = 0; i < sources.Length; i++)
        {
            if (!TryValue(items[i], column, out sources[i])) return;
        }

        Facts(column).List ??= sources;
    }

    private bool TryValue(Expr expression, ColumnBinding column, out ValueSource source) => ValueSource.TryFrom(ValueSource.Uncast(expression, column.Column!, _binding), column.Column!, _binding.Dialect, out source);

    private ColumnBinding? ColumnOf(Expr expression) =>
        expression is ColumnRef name && _binding.ColumnOf(name) is { Column: not null } column ? column : null;

    private KeyFacts? FactsOf(Relation relation, int column) =>
        _classOf.TryGetValue((relation, column), out var index) && _facts.TryGetValue(Root(index), out var facts) ? facts : null;

    private KeyFacts Facts(ColumnBinding column)
    {
        ref var facts = ref CollectionsMarshal.GetValueRefOrAddDefault(_facts, Root(ClassOf(column)), out _);
        return facts ??= new KeyFacts();
    }

    private int ClassOf(ColumnBinding column)
    {
        if (_classOf.TryGetValue((column.Relation, column.Index), out var index)) return index;
        index = _parents.Count;
        _parents.Add(index);
        _classOf.Add((column.Relation, column.Index), index);
        return index;
    }

    private int Root(int index)
    {
        while (_parents[index] != index) index = _parents[index];
        return index;
    }

    private void Union(int left, int right)
    {
        left = Root(left);
        right = Root(right);
        if (left == right) return;
        _parents[right] = left;
        if (!_facts.Remove(right, out var moved)) return;
        if (_facts.TryGetValue(left, out var kept)) _facts[left] = kept.And(moved);
        else _facts[left] = moved;
    }

    /// <summary>What is known of the values of one class of columns.</summary>
    private sealed class KeyFacts
    {
        private ValueSource? _low;
        private ValueSource? _high;

        public ValueSource? Equal { get; private set; }

        /// <summary>Whether <see cref="Equal"/> is equal in the sense of IS NOT DISTINCT FROM.</summary>
        public bool EqualsNull { get; private set; }

        public ValueSource[]? List { get; set; }

        public void Equals(ValueSource value, bool mayBeNull)
        {
            if (Equal is not null && (mayBeNull || !EqualsNull)) return;
            (Equal, EqualsNull) = (value, mayBeNull);
        }

        public void Bound(ValueSource? low, ValueSource? high)
        {
            _low ??= low;
            _high ??= high;
        }

        public KeyFacts And(KeyFacts other)
        {
            if (other.Equal is { } value) Equals(value, other.EqualsNull);
            List ??= other.List;
            Bound(other._low, other._high);
            return this;
        }

        public KeyNarrowing? ListOrRange() => List is not null
            ? new KeyNarrowing.In(List)
            : _low is not null || _high is not null ? new KeyNarrowing.Range(_low, _high) : null;
    }
}
