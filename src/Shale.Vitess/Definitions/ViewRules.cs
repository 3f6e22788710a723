using Shale.Sql;

namespace Shale.Vitess;

/// <summary>What definitions mean for views, which are kept as text: one that would not be understood any more is not left behind. Views with points of their own read what was, and are not asked.</summary>
internal sealed class ViewRules(GateSession session)
{
    private readonly Catalog _catalog = session.Catalog;

    /// <summary>The views of all keyspaces that mean something now, and nothing under a changed VSchema: those that use what it lacks, and views over them.</summary>
    public IReadOnlyList<(VKeyspace Keyspace, VView View)> BrokenBy(VSchema changed)
    {
        var broken = new List<(VKeyspace, VView)>();
        foreach (var keyspace in _catalog.VSchema.Keyspaces.Values.Where(each => !PastNames.Is(each.Name)))
        {
            foreach (var view in keyspace.Views.Values)
            {
                if (changed.Find(keyspace.Name)?.FindView(view.Name) is not null && Means(view, keyspace.Name, _catalog.VSchema) && !Means(view, keyspace.Name, changed)) broken.Add((keyspace, view));
            }
        }

        return broken;
    }

    /// <summary>Refuses (2BP01) to drop what views use, but for CASCADE: it drops them, too, and says so.</summary>
    /// <param name="what">What is dropped, with its kind.</param>
    /// <param name="relations">The tables or views that it is, or is of.</param>
    /// <param name="changed">The VSchema without it.</param>
    /// <param name="cascade">Whether CASCADE was said.</param>
    /// <param name="notices">Where it is said.</param>
    /// <param name="others">What else CASCADE drops with it, in words.</param>
    public Func<VSchema, VSchema> Drop(string what, IReadOnlyList<string> relations, VSchema changed, bool cascade, List<string> notices, params IReadOnlyList<string> others)
    {
        var views = BrokenBy(changed);
        if (views.Count > 0 && !cascade)
        {
            throw new VitessException(ErrorCodes.QueryError, $"cannot drop {what} because other objects depend on it", sqlState: "2BP01", hint: "Use DROP ... CASCADE to drop the dependent objects too.")
            {
                Subject = new FailureSubject { Detail = string.Join('\n', views.Select(each => $"view {each.View.Name} depends on {NeedOf(each.View, what, relations, views)}")) },
            };
        }

        string[] gone = [.. others, .. views.Select(each => $"view {each.View.Name}")];
        if (gone.Length > 0) notices.Add(gone.Length == 1 ? $"drop cascades to {gone[0]}" : $"drop cascades to {gone.Length} other objects");
        return vschema => views.Aggregate(vschema, (left, each) => left.Find(each.Keyspace.Name)?.FindView(each.View.Name) is null ? left : left.WithoutView(each.Keyspace.Name, each.View.Name));
    }

    private static string NeedOf(VView view, string what, IReadOnlyList<string> relations, IReadOnlyList<(VKeyspace Keyspace, VView View)> broken)
    {
        var names = SqlTree.All<TableRef>(SqlParser.Parse(view.CreateSql, view.Dialect)).Select(table => table.Name.Name.Name).ToHashSet(VSchemaNames.Comparer);
        return names.Overlaps(relations) || broken.FirstOrDefault(other => other.View != view && names.Contains(other.View.Name)).View is not { } between ? what : $"view {between.Name}";
    }

    /// <summary>Refuses (0A000) to change what views use: their texts would have to change with it.</summary>
    public void Refuse(string what, VSchema changed)
    {
        if (BrokenBy(changed) is not [var first, ..]) return;
        throw new VitessException(ErrorCodes.QueryError, $"{what} while view \"{first.View.Name}\" uses it", sqlState: "0A000", hint: $"DROP VIEW {first.View.Name}, and make it again afterwards.");
    }

    /// <summary>Refuses (42701) a view with two columns of one name: nobody could name them.</summary>
    public static void RequireNames(CreateViewStatement view, Binding binding)
    {
        var names = binding.Outputs.Select((output, i) => i < view.Columns.Count ? view.Columns[i].Name : output.Name).ToList();
        if (names.Find(name => names.Count(each => each == name) > 1) is not { } twice) return;
        throw new VitessException(ErrorCodes.QueryError, $"column \"{twice}\" specified more than once", sqlState: "42701", hint: "Give the columns names of their own.");
    }

    /// <summary>Refuses (42P16) a view in place of another that lacks its columns, or has them under other names or of other types.</summary>
    public void CheckReplaced(VView known, VView made)
    {
        if (known.Dialect != SqlDialect.Postgres) return;
        var (before, after) = (ViewColumns.Of(known, _catalog.Keyspace, _catalog), ViewColumns.Of(made, _catalog.Keyspace, _catalog));
        if (after.Count < before.Count) throw Refused("cannot drop columns from view");
        for (var i = 0; i < before.Count; i++)
        {
            var (old, own) = (before[i], after[i]);
            if (old.Name != own.Name) throw Refused($"cannot change name of view column \"{old.Name}\" to \"{own.Name}\"");
            if (old.Type != own.Type) throw Refused($"cannot change data type of view column \"{old.Name}\" from {old.Type.Display()} to {own.Type.Display()}");
        }
    }

    private static VitessException Refused(string message) => new(ErrorCodes.QueryError, message, sqlState: "42P16", hint: "Drop the view, and make it anew.");

    private bool Means(VView view, string keyspace, VSchema vschema)
    {
        var definition = (CreateViewStatement)SqlParser.Parse(view.CreateSql, view.Dialect);
        try
        {
            var own = new Catalog(vschema, vschema.Get(keyspace), view.Dialect, _catalog.Refused);
            var query = new ViewExpander(own).ExpandPresent(definition.Query);
            if (!SqlTree.Any(query, node => node is SystemTime)) Binder.Bind(query, view.Dialect, own);
            return true;
        }
        catch (VitessException)
        {
            return false;
        }
    }
}
