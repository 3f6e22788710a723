using Shale.Sql.Lexing;

namespace Shale.Sql.Printing;

/// <summary>Calls and windows.</summary>
internal sealed partial class Printer
{
    private void Call(FunctionCall call)
    {
        if (call.NoParentheses)
        {
            // In SQLite only three of them are words; the others have no other form.
            if (!_postgres && call.Name.Name.Name is not ("current_date" or "current_time" or "current_timestamp")) throw NoForm(call.Name.Name.Name);
            Add(call.Name.Name.Name);
            return;
        }

        if (_postgres && PostgresForm(call)) return;
        FunctionName(call);
        Add('(');
        if (call.IsStar) Add('*');
        if (call.Distinct) Add("DISTINCT ");
        Arguments(call);
        if (!call.WithinGroup) OrderBy(call.OrderBy, call.Args.Count > 0 || call.IsStar);
        Add(')');
        CallTail(call);
    }

    private void CallTail(FunctionCall call)
    {
        if (call.WithinGroup)
        {
            OnlyIn(SqlDialect.Postgres, "WITHIN GROUP");
            Add(" WITHIN GROUP (");
            OrderBy(call.OrderBy, false);
            Add(')');
        }

        if (call.Filter is not null)
        {
            Add(" FILTER (WHERE ");
            Expression(call.Filter, 0);
            Add(')');
        }

        if (call.Over is null) return;
        Add(" OVER ");
        Window(call.Over);
    }

    private void Arguments(FunctionCall call)
    {
        if (call.Variadic) OnlyIn(SqlDialect.Postgres, "VARIADIC");
        if (call.ArgNames.Count > 0) OnlyIn(SqlDialect.Postgres, "an argument by name");
        for (var i = 0; i < call.Args.Count; i++)
        {
            if (i > 0) Add(", ");
            if (call.Variadic && i == call.Args.Count - 1) Add("VARIADIC ");
            if (i < call.ArgNames.Count && call.ArgNames[i] is { } name)
            {
                Name(new Identifier(name));
                Add(" => ");
            }

            Expression(call.Args[i], 0);
        }
    }

    /// <summary>Functions that PostgreSQL's grammar knows only in a form of their own.</summary>
    private bool PostgresForm(FunctionCall call)
    {
        if (call.Name.Schema is not null || call.Name.Name.Quoted) return false;
        switch (call.Name.Name.Name)
        {
            case "position" when call.Args.Count == 2:
                Add("POSITION(");
                Restricted(call.Args[1]);
                Add(" IN ");
                Restricted(call.Args[0]);
                Add(')');
                return true;
            case "normalize" when call.Args is [var value, Literal { Kind: LiteralKind.String, Text: "NFC" or "NFD" or "NFKC" or "NFKD" } form]:
                Add("normalize(");
                Expression(value, 0);
                Add(", ").Add(form.Text).Add(')');
                return true;
            case "current_time" or "current_timestamp" or "localtime" or "localtimestamp" when call.Args.Count == 1:
                Add(call.Name.Name.Name).Add('(');
                Expression(call.Args[0], 0);
                Add(')');
                return true;
            default:
                return false;
        }
    }

    private void FunctionName(FunctionCall call)
    {
        var name = call.Name.Name;
        if (call.Name.Schema is { } schema)
        {
            Name(schema);
            Add('.');
        }

        if (!name.Quoted && call.Name.Schema is null && IsBareFunction(name.Name)) Add(name.Name);
        else Name(name);
    }

    /// <summary>Keywords that both parser and engine take as functions only without quotes, or may take so.</summary>
    private bool IsBareFunction(string name)
    {
        if (Quoting.HasOddCharacters(name, dialect)) return false;
        var keyword = Keywords.Find(name);
        var properties = Keywords.ClassOf(keyword);
        if (!_postgres)
            return (properties & (KeywordClass.SqliteReserved | KeywordClass.SqliteJoin)) == 0 && keyword is not (Keyword.Cast or Keyword.Raise);
        return (properties & (KeywordClass.PostgresReserved | KeywordClass.PostgresColumn)) == 0
            || keyword is Keyword.Coalesce or Keyword.Greatest or Keyword.Least or Keyword.Nullif or Keyword.Grouping or Keyword.Substring
                or Keyword.Overlay or Keyword.Normalize or Keyword.Trim;
    }

    private void Window(WindowSpec window)
    {
        if (window.NameOnly)
        {
            Name(window.Base!);
            return;
        }

        Add('(');
        var start = _to.Length;
        if (window.Base is not null) Name(window.Base);
        if (window.PartitionBy.Count > 0)
        {
            Space(start);
            Add("PARTITION BY ");
            List(window.PartitionBy, item => Expression(item, 0));
        }

        OrderBy(window.OrderBy, _to.Length > start);
        if (window.Frame is not null)
        {
            Space(start);
            Frame(window.Frame);
        }

        Add(')');
    }

    private void Space(int start)
    {
        if (_to.Length > start) Add(' ');
    }

    private void NamedWindow(NamedWindow window)
    {
        Name(window.Name);
        Add(" AS ");
        Window(window.Window);
    }

    private void Frame(WindowFrame frame)
    {
        Upper(frame.Unit);
        Add(frame.End is null ? " " : " BETWEEN ");
        Bound(frame.Start);
        if (frame.End is not null)
        {
            Add(" AND ");
            Bound(frame.End);
        }

        if (frame.Exclude.Length > 0) Add(" EXCLUDE ").AddUpper(frame.Exclude);
    }

    private void Bound(FrameBound bound)
    {
        if (bound.Offset is not null)
        {
            Restricted(bound.Offset);
            Add(' ');
        }

        Upper(bound.Kind);
    }

    private void OrderBy(NodeList<OrderItem> items, bool space)
    {
        if (items.Count == 0) return;
        if (space) Add(' ');
        Add("ORDER BY ");
        List(items, Order);
    }

    private void Order(OrderItem item)
    {
        Expression(item.Value, 0);
        OrderTail(item);
    }

    private void OrderTail(OrderItem item)
    {
        if (item.UsingOperator is not null)
        {
            OnlyIn(SqlDialect.Postgres, "ORDER BY … USING");
            Add(" USING ").Add(item.UsingOperator);
        }

        if (item.Descending) Add(" DESC");
        if (item.NullsFirst is { } first) Add(first ? " NULLS FIRST" : " NULLS LAST");
    }
}
