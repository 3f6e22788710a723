using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// T1 with aggregates: each shard groups its own rows and gives group keys and partial aggregates; the merge groups those again. COUNT and SUM
/// add up, MIN and MAX repeat, AVG is the sum over the count: as a float in SQLite, and in PostgreSQL of numbers whose sums are exact. What an aggregate takes DISTINCT becomes one more key of the shards' groups, and is made
/// distinct once more by the merge. Aggregates over rows in an order collect their rows on the shards, and order them in the merge.
/// </summary>
internal sealed class AggregateMerge(StatementScope scope, SqlDialect engine)
{
    private readonly List<SelectItem> _columns = [];
    private readonly List<string?> _collations = [];
    private readonly List<(Expr Canonical, int Column)> _groups = [];
    private readonly List<(Expr Canonical, Expr Combined)> _aggregates = [];
    private readonly List<int> _distinct = [];
    private HashSet<Expr> _sums = [];
    private readonly List<Expr> _canonicals = [];
    private CanonicalExpressions _forms = null!;
    private SelectCore _core = null!;
    private bool _failed;

    /// <summary>Makes the two halves; null if T1 is not proved.</summary>
    public MergePlanner.Parts? TryPlan(SelectStatement statement, SelectCore core)
    {
        if (core.GroupByDistinct || core.Items.Any(item => item.Value is Star) || !MergeLimit.IsPlain(statement)) return null;
        _core = core;
        _forms = new CanonicalExpressions(scope.Binding, scope.Binding.BlockOf(core));
        if (!core.GroupBy.All(key => TryAddGroup(key, core))) return null;
        _sums = [.. Calls(statement, core).Where(call => Named(call) == "sum").Select(_forms.Of)];

        var items = core.Items.Select(item => new SelectItem(Combine(item.Value), null)).ToNodeList();
        var having = core.Having is null ? null : Combine(core.Having);
        var order = statement.OrderBy.Select(item => item with { Value = OrderKey(item.Value, core) }).ToNodeList();
        if (_failed || _columns.Count == 0 || (core.Distinct && !items.All(item => Collations.TryOf(item.Value, scope.Binding, out _)))) return null;

        var groups = _groups.Select(Expr (group) => Column(group.Column)).ToNodeList();
        int[] keys = [.. _groups.Select(group => group.Column).Concat(_distinct)];

        // Where a shard has nothing to add up, it need not bring equal rows together to say which there are.
        var onlyKeys = Enumerable.Range(0, _columns.Count).All(keys.Contains);
        var perShard = new SelectStatement(null, core with
        {
            Items = _columns.ToNodeList(), Distinct = onlyKeys, Having = null,
            GroupBy = onlyKeys ? NodeList<Expr>.Empty : keys.Select(column => _columns[column].Value).ToNodeList(),
        });
        var final = statement with
        {
            Body = new SelectCore(items)
            {
                Distinct = core.Distinct, GroupBy = groups, Having = having,
                From = [new TableRef(new ObjectName(null, new Identifier(Merge.Table)), null, [])],
            },
            OrderBy = order,
            Locking = [],
        };
        return new MergePlanner.Parts(Fragment.Print(scope.WithoutKeyspaces(perShard), engine), new Merge(Fragment.Print(final, engine), [.. _collations]) { OneRowEach = keys.Length == 0 });
    }

    private bool TryAddGroup(Expr key, SelectCore core)
    {
        if (key is GroupingSet) return false;
        key = scope.GroupKey(key, core);
        if (key is Literal or Parameter || Aggregates.In(key, engine) || !Collations.TryOf(key, scope.Binding, out var collation)) return false;
        _groups.Add((_forms.Of(key), AddColumn(key, collation)));
        return true;
    }

    private Expr OrderKey(Expr key, SelectCore core)
    {
        if (key is Literal { Kind: LiteralKind.Integer }) return key;
        return Combine(key is ColumnRef name && scope.Binding.OutputAliasOf(name) is { } aliased ? aliased.Value : key);
    }

    /// <summary>The expression in terms of the merge's columns.</summary>
    private Expr Combine(Expr expression) => SqlTree.Rewrite(expression, node =>
    {
        if (node is not Expr inner) return null;
        var canonical = _forms.Of(inner);
        foreach (var group in _groups)
        {
            if (group.Canonical == canonical) return Column(group.Column);
        }

        switch (inner)
        {
            case FunctionCall call when call.Over is null && FunctionCatalog.IsAggregate(call, engine):
                return CombineAggregate(call, canonical);
            case ColumnRef or Subquery or Exists or InQuery or Star:
                _failed = true;
                return inner;
            default:
                return null;
        }
    });

    private Expr CombineAggregate(FunctionCall call, Expr canonical)
    {
        foreach (var known in _aggregates)
        {
            if (known.Canonical == canonical) return known.Combined;
        }

        var combined = PartialOf(call);
        if (combined is null) _failed = true;
        else _aggregates.Add((canonical, combined));
        return combined ?? call;
    }

    private Expr? PartialOf(FunctionCall call)
    {
        if (call.OrderBy.Count > 0 || call.Variadic || call.Name.Schema is not null) return null;
        if (call.Args.Any(argument => SqlTree.Any(argument, node => node is SelectStatement))) return null;
        var name = Named(call);
        if (call.Distinct && name is not ("min" or "max")) return DistinctOf(call, name);
        switch (name)
        {
            case "count" when call.IsStar || call.Args.Count == 1:
                return Count(call);
            case "sum" or "total" when call.Args.Count == 1:
                return AsWhole(Aggregate(call.Name.Name.Name, Partial(call, null)), scope.Binding.TypeOf(call));
            case "min" or "max" when call.Args.Count == 1 && Collations.TryOf(call.Args[0], scope.Binding, out var collation):
                return Aggregate(call.Name.Name.Name, Partial(call, collation));
            case "shale_sum_numeric" or "shale_bit_and" or "shale_bit_or" or "shale_bit_xor" when call.Args.Count == 1:
                return Aggregate(name, Partial(call, null));
            case "shale_avg_numeric" when call.Args.Count == 1:
                return new FunctionCall(new ObjectName(null, new Identifier("shale_avg_numeric_merge")),
                    [Partial(Renamed(call, "shale_sum_numeric"), null), Partial(Counted(call), null)]);
            case "avg" when call.Args.Count == 1 && engine == SqlDialect.Sqlite:
                return Average(call);
            case "avg" when call.Args.Count == 1 && scope.Binding.TypeOf(call.Args[0]).Kind is SqlTypeKind.Int2 or SqlTypeKind.Int4 or SqlTypeKind.Int8 or SqlTypeKind.Numeric:
                return NumericAverage(call);
            case "group_concat" when !IsOrderedBelow() && (call.Args.Count == 1 || (call.Args.Count == 2 && !SqlTree.Any(call.Args[1], node => node is ColumnRef))):
                return new FunctionCall(call.Name, [Partial(call, null), .. call.Args.Skip(1)]);
            case "shale_string_agg" or "shale_array_agg" or "shale_json_agg" or "shale_jsonb_agg" or "shale_json_object_agg" or "shale_jsonb_object_agg" when !IsOrderedBelow():
                return Aggregate(name + "_merge", Partial(Renamed(call, "shale_collect"), null));
            default:
                return null;
        }
    }

    // Shards that group by what is DISTINCT give no row where they have none.
    private Expr Count(FunctionCall call) => AsWhole(
        new FunctionCall(new ObjectName(null, new Identifier("coalesce")), [Aggregate("sum", Partial(Counted(call), null)), new Literal(LiteralKind.Integer, "0")]), new SqlType(SqlTypeKind.Int8));

    // PostgreSQL's sum of int8, such as counts and sums of int4 are, is numeric.
    private Expr AsWhole(Expr sum, SqlType type) => engine == SqlDialect.Postgres && type.Kind == SqlTypeKind.Int8 ? new Cast(sum, new TypeName("int8", NodeList<string>.Empty)) : sum;

    // Where the sum is asked for too, it is the average's as well: one value less to keep for each row.
    private Binary Average(FunctionCall call)
    {
        var sum = Renamed(call, "sum");
        var total = _sums.Contains(_forms.Of(sum)) ? Aggregate("total", Partial(sum, null)) : Aggregate("sum", Partial(Renamed(call, "total"), null));
        return new Binary("/", total, Aggregate("sum", Partial(Counted(call), null)));
    }

    // As PostgreSQL does: sums of sums and counts are numeric here. NULL where there is no row, for the sum is.
    private Binary NumericAverage(FunctionCall call) =>
        new("/", Aggregate("sum", Partial(Renamed(call, "sum"), null)), Aggregate("sum", Partial(Counted(call), null)));

    /// <summary>count of the same argument; of one that is never NULL, count(*).</summary>
    private FunctionCall Counted(FunctionCall call)
    {
        var count = Renamed(call, "count");
        return call is { IsStar: false, Args: [ColumnRef name] } && _core.From is [TableRef] && scope.Binding.ColumnOf(name) is { Column.NotNull: true } column
            && scope.Binding.BlockOf(_core).Relations.Contains(column.Relation) ? count with { Args = [], IsStar = true } : count;
    }

    // Some rely on the order of a query in FROM, though nothing promises it.
    private bool IsOrderedBelow() => _core.From.Any(table => SqlTree.Any(table, node => node is SelectStatement { OrderBy.Count: > 0 }));

    private static IEnumerable<FunctionCall> Calls(SelectStatement statement, SelectCore core) =>
        core.Items.Cast<SqlNode>().Concat(statement.OrderBy).Append(core.Having).OfType<SqlNode>().SelectMany(part => SqlTree.All<FunctionCall>(part, node => node is not SelectStatement))
            .Where(call => call.Over is null);

    private static string Named(FunctionCall call) => call.Name.Name.Name.ToLowerInvariant();

    private FunctionCall? DistinctOf(FunctionCall call, string name)
    {
        if (name is not ("count" or "sum" or "total" or "avg" or "group_concat" or "shale_sum_numeric" or "shale_avg_numeric") || call.Args.Count != 1) return null;

        // No table has a column of rows.
        if (call.Args[0] is RowConstructor || scope.Binding.TypeOf(call.Args[0]).Kind == SqlTypeKind.Record) return null;
        var value = call.Filter is null ? call.Args[0] : new Case(null, [new WhenClause(call.Filter, call.Args[0])], null);
        if (value is Literal or Parameter || !Collations.TryOf(call.Args[0], scope.Binding, out var collation)) return null;
        var column = AddColumn(value, collation);
        _distinct.Add(column);
        return call with { Args = [Column(column)], Filter = null };
    }

    private ColumnRef Partial(FunctionCall call, string? collation) => Column(AddColumn(call, collation));

    private int AddColumn(Expr value, string? collation)
    {
        var canonical = _forms.Of(value);
        var known = _canonicals.IndexOf(canonical);
        if (known >= 0 && _collations[known] == collation) return known;
        _canonicals.Add(canonical);
        _columns.Add(new SelectItem(value, null));
        _collations.Add(collation);
        return _columns.Count - 1;
    }

    private static FunctionCall Renamed(FunctionCall call, string name) => call with { Name = new ObjectName(null, new Identifier(name)) };

    private static FunctionCall Aggregate(string name, Expr argument) => new(new ObjectName(null, new Identifier(name)), [argument]);

    private static ColumnRef Column(int index) => new(null, null, Merge.Column(index));
}
