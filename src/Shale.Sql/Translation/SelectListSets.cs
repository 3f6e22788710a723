namespace Shale.Sql;

/// <summary>
/// Set-returning functions in one select list: each becomes a table behind FROM. Several go in step, as PostgreSQL runs them: they are zipped into
/// one table, the shorter ones filled with NULL.
/// </summary>
internal sealed class SelectListSets
{
    private readonly TranslationContext _context;
    private readonly List<FunctionCall> _calls = [];
    private readonly List<Expr> _items = [];
    private readonly string _alias;

    public SelectListSets(TranslationContext context, SelectCore core)
    {
        _context = context;
        foreach (var item in core.Items) Find(item.Value);
        _alias = "shale_f" + context.SetTables;
        if (_calls.Count == 0) return;
        context.SetTables++;
        if (core.GroupBy.Count > 0 || core.Having is not null || core.Items.Any(item => SqlTree.Any(item, IsOverRows)))
            throw SqlErrors.Unsupported("a set-returning function in a grouped query or beside window functions", core, "Put the grouped query into FROM.");
    }

    /// <summary>How many there are.</summary>
    public int Count => _calls.Count;

    /// <summary>Translates the select list: its set-returning functions are those of this object.</summary>
    public NodeList<SelectItem> Around(Func<NodeList<SelectItem>> translate)
    {
        var outer = _context.Sets;
        _context.Sets = this;
        var items = translate();
        _context.Sets = outer;
        return items;
    }

    /// <summary>The column that stands for a call.</summary>
    public Expr Column(FunctionCall call)
    {
        var index = _calls.FindIndex(each => ReferenceEquals(each, call));
        if (index < 0) throw SqlErrors.Unsupported($"the set-returning function {call.Name.Name.Name} here", call, "Put it in FROM.");
        while (_items.Count <= index) _items.Add(SqlBuild.Null);
        _items[index] = _context.From.Items(call, _context.Binding.OverloadOf(call)!);
        var value = SqlBuild.Column(_alias, "value");
        return _calls.Count == 1 ? value : SqlBuild.Call("json_extract", value, SqlBuild.Text($"$[{index}]"));
    }

    /// <summary>FROM with the table behind it.</summary>
    public NodeList<TableExpr> Joined(NodeList<TableExpr> from)
    {
        var table = FromTranslator.JsonEach(_items.Count == 1 ? _items[0] : SqlBuild.Call("shale_zip", [.. _items]), SqlBuild.Name(_alias));
        return from.Count == 0 ? [table] : [new Join(JoinKind.Cross, from.Aggregate(Crossed), table, null, NodeList<Identifier>.Empty, false)];
    }

    private static TableExpr Crossed(TableExpr left, TableExpr right) => new Join(JoinKind.Cross, left, right, null, NodeList<Identifier>.Empty, false);

    // Aggregates and windows see the rows before a set-returning function multiplies them.
    private static bool IsOverRows(SqlNode node) => node is FunctionCall call && (call.Over is not null || FunctionCatalog.IsAggregate(call, SqlDialect.Postgres));

    private void Find(Expr item)
    {
        foreach (var call in Calls(item))
        {
            if (SqlTree.All<Expr>(item, IsHere).Any(around => !ReferenceEquals(around, call) && IsClosed(around) && SqlTree.Any(around, node => ReferenceEquals(node, call))))
                throw SqlErrors.Unsupported($"the set-returning function {call.Name.Name.Name} inside another, CASE or COALESCE", call, "Put it in FROM.");
            if (_context.Binding.OverloadOf(call)!.Returns.Kind == SqlTypeKind.Record && _context.Binding.EmptySetOf(call) is null)
                throw SqlErrors.Unsupported($"the set-returning function {call.Name.Name.Name} outside FROM", call, "Put it in FROM.");
            _calls.Add(call);
        }
    }

    private List<FunctionCall> Calls(Expr item) => [.. SqlTree.All<FunctionCall>(item, IsHere).Where(IsSet)];

    private bool IsSet(SqlNode node) => node is FunctionCall call && _context.Binding.OverloadOf(call) is { Kind: FunctionKind.Set };

    // How often it runs there is PostgreSQL's own affair.
    private bool IsClosed(Expr around) => around is Case or FunctionCall { Name.Name.Name: "coalesce" } || IsSet(around);

    private static bool IsHere(SqlNode node) => node is not SelectStatement;
}
